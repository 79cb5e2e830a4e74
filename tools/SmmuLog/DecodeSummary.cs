namespace Iopf.SmmuLog;

/// <summary>Counts over a whole log. Tables are bounded: what finds no place is counted as other.</summary>
public sealed class DecodeSummary
{
    private const int RowsMax = 10_000;
    private const int ContextMax = 200;
    private const ulong PageMask = ~0xfffUL;

    private readonly Dictionary<string, long> _types = [];
    private readonly Dictionary<uint, long> _streams = [];
    private readonly Dictionary<(uint Stream, ulong Page), long> _pages = [];
    private readonly SortedDictionary<string, long> _errorKinds = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _foreign = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _transports = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, decimal>> _queues = [];
    private readonly List<LogError> _context = [];

    /// <summary>How many lines the log has.</summary>
    public long Lines { get; internal set; }

    /// <summary>How many lines were longer than the decoder reads.</summary>
    public long LongLines { get; internal set; }

    /// <summary>How many records were found.</summary>
    public long Records { get; private set; }

    /// <summary>How many records were incomplete.</summary>
    public long Incomplete { get; private set; }

    /// <summary>How many records contradict themselves.</summary>
    public long Contradictions { get; private set; }

    /// <summary>How many records wait for CMD_RESUME.</summary>
    public long Stalls { get; private set; }

    /// <summary>How many lines of other IOMMUs were found.</summary>
    public long Foreign => _foreign.Values.Sum();

    /// <summary>How many lines were explained that are no records.</summary>
    public long Errors => _errorKinds.Values.Sum();

    /// <summary>The first timestamp among the lines that were explained.</summary>
    public string? FirstTime { get; private set; }

    /// <summary>The last timestamp among the lines that were explained.</summary>
    public string? LastTime { get; private set; }

    /// <summary>Whether any line of any IOMMU was found.</summary>
    public bool FoundAnything => Records + Incomplete + Errors + Foreign > 0;

    /// <summary>Records of streams that found no place in <see cref="Streams"/>.</summary>
    public long OtherStreams { get; private set; }

    /// <summary>Records of pages that found no place in <see cref="Pages"/>.</summary>
    public long OtherPages { get; private set; }

    /// <summary>How many lines were joined to others because a message was wrapped.</summary>
    public long JoinedLines { get; private set; }

    /// <summary>Whether lines were seen that tell of mappings, which <c>iopf import</c> reads.</summary>
    public bool HasMappings { get; internal set; }

    /// <summary>Lines by what they were sent in, where that is not plain text.</summary>
    public IEnumerable<KeyValuePair<string, long>> Transports => _transports;

    /// <summary>The bytes of the queues of each SMMU, by its name.</summary>
    public IEnumerable<KeyValuePair<string, Dictionary<string, decimal>>> Queues => _queues;

    /// <summary>Lines that tell how devices and domains were set up, with what they mean; the first of them.</summary>
    public IReadOnlyList<LogError> Context => _context;

    /// <summary>Records by type, the most frequent first.</summary>
    public IEnumerable<KeyValuePair<string, long>> Types => Ranked(_types);

    /// <summary>Records by stream, the most frequent first.</summary>
    public IEnumerable<KeyValuePair<uint, long>> Streams => Ranked(_streams);

    /// <summary>Records by stream and page of 4 KiB, the most frequent first.</summary>
    public IEnumerable<KeyValuePair<(uint Stream, ulong Page), long>> Pages => Ranked(_pages);

    /// <summary>Explained lines by kind.</summary>
    public IEnumerable<KeyValuePair<string, long>> ErrorKinds => _errorKinds;

    /// <summary>Lines of other IOMMUs by kind.</summary>
    public IEnumerable<KeyValuePair<string, long>> ForeignKinds => _foreign;

    internal void Note(LogPlace place)
    {
        FirstTime ??= place.Time;
        LastTime = place.Time ?? LastTime;
        JoinedLines += place.Joined;
    }

    internal void Count(SmmuRecord record)
    {
        Records++;
        Contradictions += record.Disagreements.Count > 0 ? 1 : 0;
        Stalls += record.Facts.IsStall == true ? 1 : 0;
        _types[record.Description.Name] = _types.GetValueOrDefault(record.Description.Name) + 1;
        if (record.Facts.StreamId is not uint stream)
        {
            return;
        }

        OtherStreams += Bump(_streams, stream);
        if (record.Facts.InputAddress is ulong address)
        {
            OtherPages += Bump(_pages, (stream, address & PageMask));
        }
    }

    internal void CountTransport(string name) => _transports[name] = _transports.GetValueOrDefault(name) + 1;

    internal void CountQueue(string device, string queue, decimal bytes)
    {
        if (!_queues.TryGetValue(device, out Dictionary<string, decimal>? queues))
        {
            if (_queues.Count == ContextMax)
            {
                return;
            }

            _queues[device] = queues = [];
        }

        if (queues.Count < ContextMax || queues.ContainsKey(queue))
        {
            queues[queue] = bytes;
        }
    }

    internal void AddContext(LogError line)
    {
        if (_context.Count < ContextMax)
        {
            _context.Add(line);
        }
    }

    internal void CountIncomplete() => Incomplete++;

    internal void Count(LogError error) => _errorKinds[error.Kind] = _errorKinds.GetValueOrDefault(error.Kind) + 1;

    internal void Count(ForeignLine foreign) => _foreign[foreign.Iommu] = _foreign.GetValueOrDefault(foreign.Iommu) + 1;

    private static int Bump<T>(Dictionary<T, long> counts, T key)
        where T : notnull
    {
        if (counts.TryGetValue(key, out long count) || counts.Count < RowsMax)
        {
            counts[key] = count + 1;
            return 0;
        }

        return 1;
    }

    private static IEnumerable<KeyValuePair<T, long>> Ranked<T>(Dictionary<T, long> counts)
        where T : notnull => counts.OrderByDescending(row => row.Value);
}
