using System.Diagnostics;
using System.Globalization;

namespace Iopf.Benchmarks.Against;

/// <summary>Measures rows of two commits in processes that take turns, and tells which have become slower or faster.</summary>
/// <remarks>
/// In each of seven alternations a new process of each commit measures all rows, row by row next to each other in time, now the one first, now the other.
/// Rows that seem to differ are measured in two more series: chance does not say the same three times. Decision 16.
/// </remarks>
internal sealed class Comparison(Side before, Side after)
{
    private const int Alternations = 7;
    private const int Series = 3;
    private int _leastMethods = int.MaxValue;
    private int _mostMethods;

    /// <summary>Measures, and prints the table and the verdict.</summary>
    /// <returns>The verdict over all rows.</returns>
    public Verdict Run(string[] patterns)
    {
        long begin = Stopwatch.GetTimestamp();
        HashSet<string> known = [.. before.Rows(patterns).Select(static row => row.Key)];
        IReadOnlyList<ListedRow> listed = after.Rows(patterns);
        ComparedRow[] rows = [.. listed.Where(row => known.Contains(row.Key)).Select(static row => new ComparedRow(row))];
        ComparedRow[] suspects = rows;
        for (int series = 1; series <= Series; series++)
        {
            Measure(suspects, $"series {series} of {Series}{(series == 1 ? string.Empty : ", of what seems to differ")}");
            suspects = [.. suspects.Where(static row => row.Verdict != Verdict.Equal)];
        }

        foreach (string line in ComparisonReport.Lines(rows))
        {
            Console.WriteLine(line);
        }

        string[] missing = [.. listed.Select(static row => row.Key).Except(known), .. known.Except(listed.Select(static row => row.Key))];
        if (missing.Length > 0)
        {
            Console.WriteLine($"Only one of the two has: {string.Join(", ", missing)}.");
        }

        Console.WriteLine(ComparisonReport.Assemblies(before, after));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Optimised: every method of Iopf.* that ran in the measured iterations; each process compiled {_leastMethods:#,0} to {_mostMethods:#,0} of them and checked each by the runtime's own events."));
        return ComparisonReport.Conclude(rows, Stopwatch.GetElapsedTime(begin));
    }

    private void Measure(ComparedRow[] rows, string series)
    {
        foreach (ComparedRow row in rows)
        {
            row.BeginSeries();
        }

        for (int alternation = 0; rows.Length > 0 && alternation < Alternations; alternation++)
        {
            using SideProcess a = before.Begin();
            using SideProcess b = after.Begin();
            for (int i = 0; i < rows.Length; i++)
            {
                Console.Error.WriteLine($"{series}: alternation {alternation + 1} of {Alternations}, row {i + 1} of {rows.Length}");
                MeasureBoth(rows[i], a, b, beforeIsFirst: (alternation + i) % 2 == 0);
            }

            foreach (int methods in new[] { a.End(), b.End() })
            {
                _leastMethods = Math.Min(_leastMethods, methods);
                _mostMethods = Math.Max(_mostMethods, methods);
            }
        }
    }

    private static void MeasureBoth(ComparedRow row, SideProcess a, SideProcess b, bool beforeIsFirst)
    {
        double first = (beforeIsFirst ? a : b).Measure(row.Listed);
        double second = (beforeIsFirst ? b : a).Measure(row.Listed);
        row.Add(beforeIsFirst ? first : second, beforeIsFirst ? second : first);
    }
}
