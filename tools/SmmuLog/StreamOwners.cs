using System.Globalization;
using System.Text.RegularExpressions;

namespace Iopf.SmmuLog;

/// <summary>What the lines of a log tell about the devices behind stream IDs. Tables are bounded.</summary>
internal sealed partial class StreamOwners
{
    private const int EntriesMax = 10_000;

    private readonly Dictionary<uint, StreamOwner> _known = [];
    private readonly Dictionary<ushort, string> _functions = [];
    private readonly List<(uint Input, uint Count, uint Output)> _ranges = [];
    private readonly Dictionary<uint, StreamOwner> _answers = [];
    private uint? _input;
    private uint? _count;

    /// <summary>Takes a decoded line.</summary>
    public void Client(uint stream, string client)
    {
        if (!_known.ContainsKey(stream) && client.Length > 0 && client[0] != '(')
        {
            Add(stream, new StreamOwner(client, "the decoded line names it"));
        }
    }

    /// <summary>Takes a line that names no SMMU.</summary>
    /// <returns>Whether it tells something.</returns>
    public bool Read(string text)
    {
        if (Map().Match(text) is { Success: true } map)
        {
            Add(Hex(map, "sid"), new StreamOwner(Function(Hex(map, "id")), "iommu-map translates its requester ID to this stream ID"));
            return true;
        }

        if (Group().Match(text) is { Success: true } group)
        {
            if (Pci().Match(group.Groups["device"].Value) is { Success: true } pci && _functions.Count < EntriesMax)
            {
                _functions.TryAdd((ushort)((Hex(pci, "bus") << 8) | (Hex(pci, "slot") << 3) | Hex(pci, "function")), pci.Value);
            }

            _answers.Clear();
            return true;
        }

        return Iort(text);
    }

    /// <summary>What is known of a stream.</summary>
    public StreamOwner Of(uint stream)
    {
        if (!_answers.TryGetValue(stream, out StreamOwner? answer))
        {
            answer = Find(stream);
            if (_answers.Count < EntriesMax)
            {
                _answers.Add(stream, answer);
            }
        }

        return answer;
    }

    private StreamOwner Find(uint stream)
    {
        if (_known.TryGetValue(stream, out StreamOwner? owner))
        {
            return owner;
        }

        foreach ((uint input, uint count, uint output) in _ranges)
        {
            if (stream >= output && stream - output <= count)
            {
                return new StreamOwner(Named(input + (stream - output)), "the IORT translates its requester ID to this stream ID");
            }
        }

        string bits = stream > ushort.MaxValue ? "the low 16 bits of the stream ID are" : "the stream ID is";
        return _functions.TryGetValue((ushort)stream, out string? seen)
            ? new StreamOwner(seen, $"it is in this log, and {bits} its requester ID")
            : new StreamOwner(Function(stream), $"if {bits} the requester ID");
    }

    // iasl's listing of an IORT: input base, count and output base on lines of their own.
    private bool Iort(string text)
    {
        if (IortField().Match(text) is not { Success: true } field)
        {
            return false;
        }

        uint value = Hex(field, "value");
        switch (field.Groups["name"].Value[0])
        {
            case 'I' when field.Groups["name"].Value.StartsWith("Input", StringComparison.OrdinalIgnoreCase):
                _input = value;
                break;
            case 'I':
                _count = value;
                break;
            default:
                if (_input is uint input && _count is uint count && _ranges.Count < EntriesMax)
                {
                    _ranges.Add((input, count, value));
                    _answers.Clear();
                }

                (_input, _count) = (null, null);
                break;
        }

        return true;
    }

    private void Add(uint stream, StreamOwner owner)
    {
        _answers.Clear();
        if (_known.Count < EntriesMax)
        {
            _known.TryAdd(stream, owner);
        }
    }

    private string Named(uint requester) => _functions.TryGetValue((ushort)requester, out string? seen) ? seen : Function(requester);

    private static string Function(uint requester) =>
        string.Create(CultureInfo.InvariantCulture, $"{(requester >> 8) & 0xff:x2}:{(requester >> 3) & 0x1f:x2}.{requester & 7}");

    private static uint Hex(Match match, string group) => uint.Parse(match.Groups[group].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\biommu-map\b.{0,400}\bid: (?:0x)?(?<id>[0-9a-f]{1,8}) -> (?:0x)?(?<sid>[0-9a-f]{1,8})\b")]
    private static partial Regex Map();

    [GeneratedRegex(@"(?<device>\S+): Adding to iommu group \d{1,9}$")]
    private static partial Regex Group();

    [GeneratedRegex(@"^(?:[0-9a-f]{4,8}:)?(?<bus>[0-9a-f]{2}):(?<slot>[0-9a-f]{2})\.(?<function>[0-7])$")]
    private static partial Regex Pci();

    [GeneratedRegex(@"\b(?<name>Input base|ID Count|Output Base) : (?<value>[0-9A-Fa-f]{8})\b", RegexOptions.IgnoreCase)]
    private static partial Regex IortField();
}
