using Iopf.Patches;

namespace Iopf.SmmuLog;

/// <summary>Explains every SMMUv3 line of a Linux kernel log, line by line.</summary>
public sealed class LogDecoder : IDisposable
{
    private const int SmmusMax = 1024;

    private readonly ModelDriver _model;
    private readonly CountingSink _sink;
    private readonly TransportLines _transport;
    private readonly MessageFinder _finder = new();
    private readonly MessageJoiner _joiner;
    private readonly OtherLines _others = new();
    private readonly StreamOwners _owners = new();
    private readonly MappingHistory _history = new();
    private readonly Dictionary<string, SmmuMessages> _smmus = [];
    private ForeignLine? _heldForeign;
    private SmmuMessages? _last;
    private string? _lastDevice;

    /// <summary>Begins a log.</summary>
    /// <param name="patches">Which patches the kernel has that is asked what it does with each record.</param>
    /// <param name="sink">Takes what is found.</param>
    public LogDecoder(PatchSet patches, IDecodeSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        _model = new ModelDriver(patches);
        _sink = new CountingSink(sink, Summary, _owners, _history);
        _joiner = new MessageJoiner(message => Take(message));
        _transport = new TransportLines(Plain, Summary.CountTransport);
    }

    /// <summary>The counts so far.</summary>
    public DecodeSummary Summary { get; } = new();

    /// <summary>Whether the next lines matter even if they name no IOMMU.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Takes a line.</summary>
    /// <param name="number">Its number, from 1.</param>
    /// <param name="line">The line without its break.</param>
    public void Line(long number, string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        _transport.Take(number, line);
        IsWaiting = _transport.IsWaiting || _joiner.IsWaiting || _heldForeign is not null || WaitsForWords();
    }

    /// <summary>Nothing has come for a while: gives out what is whole.</summary>
    public void Idle()
    {
        foreach (SmmuMessages smmu in _smmus.Values)
        {
            smmu.Records.Idle();
        }
    }

    /// <summary>The log ends: gives out what is left.</summary>
    public void End()
    {
        _transport.End();
        _joiner.Release();
        ReleaseForeign();
        EndSmmus();
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private void Plain(long number, string line)
    {
        foreach (DriverText message in _finder.Find(number, line))
        {
            _joiner.Take(message);
        }
    }

    private void Take(DriverText message)
    {
        if (message.FromDriver || IsBareDriverText(ref message))
        {
            ReleaseForeign();
            Summary.Note(message.Place);
            Smmu(message.Device).Take(message);
        }
        else if (message.Role != DriverTextRole.Lead)
        {
            TakeOther(message);
        }
    }

    private void TakeOther(in DriverText message)
    {
        if (_heldForeign is { } first && ForeignLines.IsContinuation(message.Text))
        {
            _heldForeign = first with { Text = $"{first.Text} {message.Text}" };
            ReleaseForeign();
            return;
        }

        ReleaseForeign();
        if (ForeignLines.IommuOf(message.Line) is { } iommu)
        {
            Summary.Note(message.Place);
            _heldForeign = new ForeignLine(message.Place, iommu, message.Text);
            if (!message.Text.EndsWith(','))
            {
                ReleaseForeign();
            }
        }
        else if (_others.Explain(message) is { } other)
        {
            Summary.Note(message.Place);
            _sink.Error(other);
        }
        else if (_others.Context(message) is { } context)
        {
            Summary.AddContext(context);
        }

        _ = _owners.Read(message.Text);
        _history.Read(message.Place.Line, message.Place.Time, message.Line);
        Summary.HasMappings |= OtherLines.TellsOfMapping(message.Text);
    }

    private void ReleaseForeign()
    {
        if (_heldForeign is { } foreign)
        {
            _heldForeign = null;
            _sink.Foreign(foreign);
        }
    }

    /// <summary>A line without an SMMUv3 driver: one of its messages, under another driver's name or none, or a word of a record that began so.</summary>
    private bool IsBareDriverText(ref DriverText message)
    {
        if (MessageTable.IsUnmistakable(message.Text) || IsWordOf("", message.Text))
        {
            return true;
        }

        if (!MessageFinder.TryOther(message, out DriverText other)
            || !(MessageTable.IsUnmistakable(other.Text) || IsWordOf(other.Device!, other.Text)))
        {
            return false;
        }

        message = other;
        return true;
    }

    private bool IsWordOf(string device, string text) =>
        text.StartsWith("0x", StringComparison.Ordinal) && _smmus.TryGetValue(device, out SmmuMessages? smmu) && smmu.WaitsForWords;

    private SmmuMessages Smmu(string? device)
    {
        if (_last is { } same && ReferenceEquals(device, _lastDevice))
        {
            return same;
        }

        string name = device ?? "";
        if (!_smmus.TryGetValue(name, out SmmuMessages? smmu))
        {
            if (_smmus.Count == SmmusMax)
            {
                // No machine has that many: names made up by damage. What they left is given out, and memory stays bounded.
                EndSmmus();
            }

            smmu = new SmmuMessages(device, _model.Ask, _sink, Summary);
            _smmus.Add(name, smmu);
        }

        (_last, _lastDevice) = (smmu, device);
        return smmu;
    }

    private bool WaitsForWords()
    {
        foreach (SmmuMessages smmu in _smmus.Values)
        {
            if (smmu.WaitsForWords)
            {
                return true;
            }
        }

        return false;
    }

    private void EndSmmus()
    {
        foreach (SmmuMessages smmu in _smmus.Values)
        {
            smmu.End();
        }

        _smmus.Clear();
        (_last, _lastDevice) = (null, null);
    }
}
