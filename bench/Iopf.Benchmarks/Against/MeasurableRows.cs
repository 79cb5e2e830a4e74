using System.IO.Enumeration;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Iopf.Benchmarks.Optimised;
using Iopf.Benchmarks.Report;
using Iopf.SpeedKit;

namespace Iopf.Benchmarks.Against;

/// <summary>The rows that are measured against those of another commit: all of this program but those in C, and the short runs of the command.</summary>
internal static class MeasurableRows
{
    /// <summary>Those whose full name matches one of some patterns, as BenchmarkDotNet's filter has it.</summary>
    public static IEnumerable<MeasurableRow> Matching(string[] patterns)
    {
        GlobFilter filter = new(patterns);
        BenchmarkConfig config = new(BenchmarkLength.Turn);
        return
        [
            .. from type in Subjects.OfTheModel
               let run = BenchmarkConverter.TypeToBenchmarks(type, config)
               from benchmark in run.BenchmarksCases
               where filter.Predicate(benchmark)
               select Of(benchmark, run),
            .. ShortRun.All.Where(run => IsMatch(run, patterns)).Select(Of),
        ];
    }

    private static MeasurableRow Of(BenchmarkCase benchmark, BenchmarkRunInfo run)
    {
        Watched watched = Results.WatchedOf(benchmark);
        string key = Results.KeyOf(benchmark);
        string title = Results.TitleOf(benchmark);
        return new MeasurableRow(
            new ListedRow($"{key}({watched})", "ns", watched == Watched.Off ? title : $"{title}; {MarkdownReport.Words(watched)}"),
            () => Least(benchmark, run));
    }

    private static MeasurableRow Of(ShortRun run) =>
        new(new ListedRow(run.Key, "x", $"{run.Command}, processor time to that of an empty program"), run.LeastToEmpty);

    // What the filter of BenchmarkDotNet does with the full names of benchmarks.
    private static bool IsMatch(ShortRun run, string[] patterns) =>
        patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, $"{nameof(Iopf)}.{nameof(Benchmarks)}.{run.Key}"));

    private static double Least(BenchmarkCase benchmark, BenchmarkRunInfo run)
    {
        BenchmarkReport report = BenchmarkRunner.Run(new BenchmarkRunInfo([benchmark], run.Type, run.Config))[benchmark]!;
        return report.ResultStatistics?.Min ?? throw new NotMeasuredException($"{benchmark.DisplayInfo} failed");
    }
}
