using System.Globalization;
using System.Text.RegularExpressions;

namespace Iopf.SmmuLog;

/// <summary>The last mappings and unmappings that ftrace or a driver told of, so that a fault can be held against them. Bounded.</summary>
internal sealed partial class MappingHistory
{
    private const int EntriesMax = 4096;
    private const ulong PageMask = 0xfff;

    private readonly Queue<Entry> _entries = new();

    /// <summary>Takes a line.</summary>
    public void Read(long number, string? time, string line)
    {
        if (Trace().Match(line) is { Success: true } trace)
        {
            ulong first = Hex(trace);
            ulong size = ulong.TryParse(trace.Groups["size"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out ulong bytes) && bytes > 0 ? bytes : 1;
            Add(new Entry(first, unchecked(first + size - 1), trace.Groups["op"].Value, number, Seconds(trace.Groups["time"].Value) ?? Seconds(time)));
        }
        else if (Driver().Match(line) is { Success: true } driver)
        {
            ulong page = Hex(driver) & ~PageMask;
            Add(new Entry(page, page + PageMask, driver.Groups["op"].Success ? driver.Groups["op"].Value : "", number, Seconds(time)));
        }
    }

    /// <summary>What was last told about an address before a fault at it; null if nothing was.</summary>
    public string? Tell(ulong address, string? time)
    {
        if (_entries.Count == 0 || _entries.LastOrDefault(entry => entry.First <= address && address <= entry.Last) is not { Line: > 0 } last)
        {
            return null;
        }

        string ago = Seconds(time) - last.Seconds is decimal seconds and >= 0
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000m:0.###} ms before")
            : "before";
        string what = last.Operation.ToLowerInvariant() switch { "map" => "mapped", "unmap" => "unmapped", _ => "named by a driver" };
        return $"this address was {what} {ago} (line {last.Line})";
    }

    private void Add(Entry entry)
    {
        if (_entries.Count == EntriesMax)
        {
            _entries.Dequeue();
        }

        _entries.Enqueue(entry);
    }

    private static ulong Hex(Match match) => ulong.Parse(match.Groups["iova"].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static decimal? Seconds(string? time) =>
        decimal.TryParse(time, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds) ? seconds : null;

    [GeneratedRegex(@"(?:\b(?<time>\d{1,9}\.\d{6}): )?\b(?:dma_)?(?<op>map|unmap)(?:_\w+)?: .{0,200}?\b(?:iova|dma_addr)=(?:0x)?(?<iova>[0-9a-f]{1,16})\b.{0,120}?\bsize=(?<size>\d{1,18})")]
    private static partial Regex Trace();

    [GeneratedRegex(@"\b\w{0,40}?(?<op>unmap|map)\w{0,40}\b.{0,80}?\b(?:iova|dma|addr\w*)\b[ =:@]{1,3}(?:0x)?(?<iova>[0-9a-f]{5,16})\b", RegexOptions.IgnoreCase)]
    private static partial Regex Driver();

    private readonly record struct Entry(ulong First, ulong Last, string Operation, long Line, decimal? Seconds);
}
