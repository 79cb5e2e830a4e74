using System.Globalization;
using Iopf.Kernel;

namespace Iopf.Replay;

/// <summary>What a kernel answered to one operation.</summary>
/// <remarks>Recordings and replayers build it through the same methods, so that answers compare.</remarks>
public sealed class RecordedAnswer
{
    private RecordedAnswer(params AnswerField[] fields) => Fields = fields;

    /// <summary>The answer of an operation that has none.</summary>
    public static RecordedAnswer Nothing { get; } = new();

    /// <summary>The fields, in the order of the recording.</summary>
    public IReadOnlyList<AnswerField> Fields { get; }

    /// <summary>A number returned by an ioctl.</summary>
    /// <param name="value">The number; negative is an error.</param>
    /// <returns>The answer.</returns>
    public static RecordedAnswer OfValue(long value) => new(Count("value", value));

    /// <summary>Flags.</summary>
    /// <param name="flags">The bits.</param>
    /// <returns>The answer.</returns>
    public static RecordedAnswer OfFlags(ulong flags) => new(Hex("flags", flags));

    /// <summary>Success or an errno.</summary>
    /// <param name="result">The result.</param>
    /// <returns>The answer.</returns>
    public static RecordedAnswer OfResult(Errno result) => new(Named(result));

    /// <summary>The container's info.</summary>
    /// <param name="result">The result.</param>
    /// <param name="flags">Which fields and chains it carries.</param>
    /// <param name="pageSizes">The bitmap of page sizes.</param>
    /// <returns>The answer.</returns>
    public static RecordedAnswer OfInfo(Errno result, ulong flags, ulong pageSizes) =>
        new(Named(result), Hex("flags", flags), Hex("pgsizes", pageSizes));

    /// <summary>The migration capability.</summary>
    /// <param name="pageSize">The bitmap of page sizes of the dirty log.</param>
    /// <param name="bitmapSizeMax">The largest dirty bitmap, in bytes.</param>
    /// <returns>The answer.</returns>
    public static RecordedAnswer OfMigration(ulong pageSize, ulong bitmapSizeMax) =>
        new(Hex("pgsize", pageSize), Hex("max_bitmap", bitmapSizeMax));

    /// <summary>How many more mappings the container takes.</summary>
    /// <param name="count">The number of mappings.</param>
    /// <returns>The answer.</returns>
    public static RecordedAnswer OfAvailable(long count) => new(Count("avail", count));

    /// <summary>One usable IOVA range.</summary>
    /// <param name="first">Its first address.</param>
    /// <param name="last">Its last address.</param>
    /// <returns>The answer.</returns>
    public static RecordedAnswer OfIovaRange(ulong first, ulong last) => new(Hex("start", first), Hex("end", last));

    /// <summary>An unmap.</summary>
    /// <param name="result">The result.</param>
    /// <param name="unmapped">The size field after the call, in bytes.</param>
    /// <returns>The answer.</returns>
    public static RecordedAnswer OfUnmap(Errno result, ulong unmapped) => new(Named(result), Hex("unmapped", unmapped));

    /// <summary>A call of the dirty log.</summary>
    /// <param name="result">The result.</param>
    /// <param name="dirtyPages">Bits set in the returned bitmap.</param>
    /// <returns>The answer.</returns>
    public static RecordedAnswer OfDirty(Errno result, long dirtyPages) => new(Named(result), Count("dirty_pages", dirtyPages));

    /// <summary>A DMA.</summary>
    /// <param name="data">What became of the data: read, not-read, written, unchanged, or n/a.</param>
    /// <param name="events">How many SMMU event records were seen.</param>
    /// <param name="record">The four words of the first one; empty if there was none.</param>
    /// <returns>The answer.</returns>
    public static RecordedAnswer OfDma(string data, long events, params ReadOnlySpan<ulong> record) =>
        new(new AnswerField("data", data), Count("events", events), new AnswerField("event", Words(record)));

    /// <summary>The first field in which another answer differs.</summary>
    /// <param name="actual">The other answer.</param>
    /// <returns>The expected and the actual field; null if the answers agree.</returns>
    public AnswerDifference? FirstDifferenceTo(RecordedAnswer actual)
    {
        ArgumentNullException.ThrowIfNull(actual);
        for (int index = 0; index < Math.Max(Fields.Count, actual.Fields.Count); index++)
        {
            AnswerField expected = index < Fields.Count ? Fields[index] : new(actual.Fields[index].Name, "(not recorded)");
            AnswerField given = index < actual.Fields.Count ? actual.Fields[index] : new(expected.Name, "(not answered)");
            if (expected != given)
            {
                return new AnswerDifference(expected.ToString(), given.ToString());
            }
        }

        return null;
    }

    /// <summary>Whether it is an error.</summary>
    public bool IsError => Fields.Any(static part => part is { Name: "result", Value: not "0" });

    /// <inheritdoc/>
    public override string ToString() => string.Join(" ", Fields);

    private static AnswerField Named(Errno result) => new("result", result == Errno.None ? "0" : result.ToString());

    private static AnswerField Count(string name, long value) => new(name, value.ToString(CultureInfo.InvariantCulture));

    private static AnswerField Hex(string name, ulong value) => new(name, $"0x{value:x}");

    private static string Words(ReadOnlySpan<ulong> record)
    {
        List<string> words = new(record.Length);
        foreach (ulong word in record)
        {
            words.Add($"0x{word:x16}");
        }

        return words.Count == 0 ? "none" : string.Join(" ", words);
    }
}
