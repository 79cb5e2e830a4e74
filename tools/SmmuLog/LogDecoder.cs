using Iopf.Patches;

namespace Iopf.SmmuLog;

/// <summary>Explains every SMMUv3 line of a Linux kernel log, line by line.</summary>
public sealed class LogDecoder : IDisposable
{
    private const int SmmusMax = 1024;

    private readonly ModelDriver _model;
    private readonly CountingSink _sink;
    private readonly OtherLines _others = new();
    private readonly Dictionary<string, SmmuMessages> _smmus = [];
    private readonly List<DriverText> _messages = [];
    private DriverText? _held;
    private ForeignLine? _heldForeign;

    /// <summary>Begins a log.</summary>
    /// <param name="patches">Which patches the kernel has that is asked what it does with each record.</param>
    /// <param name="sink">Takes what is found.</param>
    public LogDecoder(PatchSet patches, IDecodeSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        _model = new ModelDriver(patches);
        _sink = new CountingSink(sink, Summary);
    }

    /// <summary>The counts so far.</summary>
    public DecodeSummary Summary { get; } = new();

    /// <summary>Whether the next lines matter even if they name no IOMMU.</summary>
    public bool IsWaiting => _held is not null || _heldForeign is not null || _smmus.Values.Any(smmu => smmu.WaitsForWords);

    /// <summary>Takes a line.</summary>
    /// <param name="number">Its number, from 1.</param>
    /// <param name="line">The line without its break.</param>
    public void Line(long number, string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        DriverText.Find(number, LinePrefix.WithoutColours(line), _messages);
        foreach (DriverText message in _messages)
        {
            if (!Completes(message))
            {
                Take(message, line);
            }
        }
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
        Release();
        foreach (SmmuMessages smmu in _smmus.Values)
        {
            smmu.End();
        }

        _smmus.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    /// <summary>Whether a message is the second half of one that was held back.</summary>
    private bool Completes(in DriverText message)
    {
        if (!message.FromDriver && _held is { } first)
        {
            bool isSecond = first.Text.Length == 0 || message.Text.StartsWith("[hw", StringComparison.Ordinal)
                || message.Text.StartsWith("this could be", StringComparison.Ordinal);
            if (isSecond)
            {
                _held = null;
                Smmu(first.Device).Take(first with { Text = $"{first.Text} {message.Text}".Trim() });
                return true;
            }
        }

        if (!message.FromDriver && _heldForeign is { } foreign && ForeignLines.IsContinuation(message.Text))
        {
            _heldForeign = null;
            _sink.Foreign(foreign with { Text = $"{foreign.Text} {message.Text}" });
            return true;
        }

        Release();
        return false;
    }

    private void Release()
    {
        if (_held is { } message)
        {
            _held = null;
            Smmu(message.Device).Take(message);
        }

        if (_heldForeign is { } foreign)
        {
            _heldForeign = null;
            _sink.Foreign(foreign);
        }
    }

    private void Take(in DriverText message, string line)
    {
        if (message.FromDriver || IsBareDriverText(message.Text))
        {
            Summary.Note(message.Place);
            if (MayGoOn(message.Text))
            {
                _held = message;
            }
            else
            {
                Smmu(message.Device).Take(message);
            }
        }
        else if (ForeignLines.IommuOf(line) is { } iommu)
        {
            Summary.Note(message.Place);
            ForeignLine foreign = new(message.Place, iommu, message.Text);
            if (message.Text.EndsWith(','))
            {
                _heldForeign = foreign;
            }
            else
            {
                _sink.Foreign(foreign);
            }
        }
        else if (_others.Explain(message) is { } other)
        {
            Summary.Note(message.Place);
            _sink.Error(other);
        }
    }

    /// <summary>A line without driver: one of its messages, or a word under a header that had no driver either.</summary>
    private bool IsBareDriverText(string text) =>
        DriverMessages.IsOne(text)
        || (text.StartsWith("0x", StringComparison.Ordinal) && _smmus.TryGetValue("", out SmmuMessages? nameless) && nameless.WaitsForWords);

    /// <summary>Whether a message was wrapped, or only its prefix stands on this line.</summary>
    private static bool MayGoOn(string text) =>
        text.Length == 0
        || (text.StartsWith("CMD_SYNC timeout at", StringComparison.Ordinal) && !text.Contains('[', StringComparison.Ordinal))
        || (text.StartsWith("unexpected global error", StringComparison.Ordinal) && text.EndsWith(','));

    private SmmuMessages Smmu(string? device)
    {
        string name = device ?? "";
        if (!_smmus.TryGetValue(name, out SmmuMessages? smmu))
        {
            if (_smmus.Count == SmmusMax)
            {
                // No machine has that many: names made up by damage. What they left is given out, and memory stays bounded.
                End();
            }

            smmu = new SmmuMessages(device, _model.Ask, _sink);
            _smmus.Add(name, smmu);
        }

        return smmu;
    }
}
