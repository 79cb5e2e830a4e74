using System.Globalization;
using Iopf.Patches;
using Iopf.SmmuLog;

namespace Iopf.Cli.Output;

/// <summary>The counts at the end, as tables.</summary>
internal static class DecodeSummaryText
{
    private const int RowsMax = 10;
    private const int ContextMax = 5;

    /// <summary>The lines.</summary>
    /// <param name="summary">The counts.</param>
    /// <param name="patches">Which patches the kernel has that was asked.</param>
    /// <returns>The lines, without breaks.</returns>
    public static IEnumerable<string> Lines(DecodeSummary summary, PatchSet patches) =>
        Sentences(summary, patches).SelectMany(sentence => DecodeText.Wrapped(DecodeText.Clean(sentence))).Concat(Tables(summary));

    private static IEnumerable<string> Sentences(DecodeSummary summary, PatchSet patches)
    {
        yield return $"{summary.Lines} lines: {summary.Records} records, {summary.Incomplete} incomplete, {summary.Errors} other lines explained, "
            + $"{summary.Foreign} of other IOMMUs";
        yield return $"patches {patches}" + (summary.FirstTime is null ? "" : $", times {summary.FirstTime} to {summary.LastTime}");
        if (summary.Contradictions > 0)
        {
            yield return $"{summary.Contradictions} records contradict themselves";
        }

        if (summary.Transports.Any() || summary.JoinedLines > 0)
        {
            IEnumerable<string> sentIn = summary.Transports.Select(transport => $"{transport.Key} ({transport.Value})");
            IEnumerable<string> joined = summary.JoinedLines > 0 ? [$"{summary.JoinedLines} wrapped lines joined"] : [];
            yield return $"read out of: {string.Join(", ", sentIn.Concat(joined))}";
        }

        foreach ((string device, Dictionary<string, decimal> queues) in summary.Queues.Take(RowsMax))
        {
            string parts = string.Join(", ", queues.Select(queue => $"{queue.Key} {Sizes.Of(queue.Value)}"));
            yield return $"queues of {(device.Length == 0 ? "the SMMU" : device)}: {parts}; {Sizes.Of(queues.Values.Sum())} together";
        }

        foreach (LogError line in summary.Context.Take(ContextMax))
        {
            yield return $"line {line.Place.Line}: {Short(line.Text)}: {line.Explanation}";
        }

        if (summary.Context.Count > ContextMax)
        {
            yield return $"and {summary.Context.Count - ContextMax} more lines about groups and domains";
        }

        if (summary.HasMappings)
        {
            yield return "The log also tells of mappings: iopf import reads those.";
        }
    }

    private static IEnumerable<string> Tables(DecodeSummary summary)
    {
        List<string[]> rows = [];
        Add(rows, "type", summary.Types.Select(row => (row.Key, row.Value)));
        Add(rows, "stream", summary.Streams.Select(row => (DecodeWords.Hex(row.Key), row.Value)));
        Add(rows, "page", summary.Pages.Select(row => ($"{DecodeWords.Hex(row.Key.Stream)} {DecodeWords.Hex(row.Key.Page)}", row.Value)));
        Add(rows, "line", summary.ErrorKinds.Select(row => (row.Key, row.Value)));
        Add(rows, "foreign", summary.ForeignKinds.Select(row => (row.Key, row.Value)));
        if (rows.Count > 0)
        {
            yield return "";
            foreach (string line in TextTable.Lines(["by", "", "count"], rows))
            {
                yield return line;
            }
        }
    }

    private static string Short(string text) => DecodeText.Clean(text.Length > 60 ? text[..60] : text);

    private static void Add(List<string[]> rows, string what, IEnumerable<(string Name, long Count)> counts)
    {
        List<(string Name, long Count)> all = [.. counts];
        foreach ((string name, long count) in all.Take(RowsMax))
        {
            rows.Add([what, name, count.ToString(CultureInfo.InvariantCulture)]);
            what = "";
        }

        if (all.Count > RowsMax)
        {
            rows.Add(["", $"and {all.Count - RowsMax} more", all.Skip(RowsMax).Sum(row => row.Count).ToString(CultureInfo.InvariantCulture)]);
        }
    }
}
