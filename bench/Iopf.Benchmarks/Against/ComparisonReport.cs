using System.Globalization;

namespace Iopf.Benchmarks.Against;

/// <summary>A comparison in words.</summary>
internal static class ComparisonReport
{
    /// <summary>The table.</summary>
    public static IEnumerable<string> Lines(IEnumerable<ComparedRow> rows) =>
    [
        "| row | before: median (quartiles) | after: median (quartiles) | ratio | processes | verdict |",
        "|---|---:|---:|---:|---:|---|",
        .. rows.Select(static row => string.Create(
            CultureInfo.InvariantCulture,
            $"| {row.Listed.Title} | {Words(row, row.Before)} | {Words(row, row.After)} | {row.Ratio:0.000} | 2 x {row.Processes} | {Words(row.Verdict)} |")),
    ];

    /// <summary>Whether there is a difference to be measured at all.</summary>
    public static string Assemblies(Side before, Side after)
    {
        Dictionary<string, byte[]> old = before.Assemblies.ToDictionary(static file => Path.GetFileName(file), File.ReadAllBytes);
        Dictionary<string, byte[]> now = after.Assemblies.ToDictionary(static file => Path.GetFileName(file), File.ReadAllBytes);
        string[] other =
        [
            .. old.Keys.Union(now.Keys)
                .Where(name => !old.TryGetValue(name, out byte[]? a) || !now.TryGetValue(name, out byte[]? b) || !a.AsSpan().SequenceEqual(b))
                .Order(StringComparer.Ordinal),
        ];
        return other.Length == 0
            ? $"The {now.Count} assemblies of both are the same bytes."
            : $"Assemblies that differ: {string.Join(", ", other)}.";
    }

    /// <summary>Prints the verdict over all rows.</summary>
    public static Verdict Conclude(ComparedRow[] rows, TimeSpan took)
    {
        int slower = rows.Count(static row => row.Verdict == Verdict.Slower);
        int faster = rows.Count(static row => row.Verdict == Verdict.Faster);
        Verdict verdict = slower > 0 ? Verdict.Slower : faster > 0 ? Verdict.Faster : Verdict.Equal;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Verdict: {Words(verdict)} ({slower} slower, {faster} faster, {rows.Length - slower - faster} equal of {rows.Length} rows; {took.TotalMinutes:0.0} minutes)."));
        return verdict;
    }

    private static string Words(ComparedRow row, Quartiles quartiles) =>
        string.Create(CultureInfo.InvariantCulture, $"{row.Listed.Words(quartiles.Median)} ({quartiles.Low:#,0.##} to {quartiles.High:#,0.##})");

    private static string Words(Verdict verdict) => verdict switch
    {
        Verdict.Slower => "slower",
        Verdict.Faster => "faster",
        _ => "equal",
    };
}
