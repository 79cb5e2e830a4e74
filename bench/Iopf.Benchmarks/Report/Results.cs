using BenchmarkDotNet.Reports;
using Iopf.SpeedKit;

namespace Iopf.Benchmarks.Report;

/// <summary>Everything that was measured in one run of eng/bench.</summary>
/// <param name="Machine">Processor, system and runtime.</param>
/// <param name="Commit">The commit that was measured; marked if files were changed.</param>
/// <param name="Load">The load average of the computer when it began and when it ended.</param>
/// <param name="Rows">The rows of the tables.</param>
/// <param name="Figures">What else was measured.</param>
/// <param name="Profiles">Where time goes.</param>
internal sealed record Results(
    string Machine, string Commit, string Load, IReadOnlyList<Row> Rows, IReadOnlyList<Figure> Figures, IReadOnlyList<Profile> Profiles)
{
    /// <summary>The rows of some summaries.</summary>
    public static IEnumerable<Row> RowsOf(IEnumerable<Summary> summaries) =>
        from summary in summaries
        from report in summary.Reports
        let statistics = report.ResultStatistics
        where statistics is not null
        let benchmark = report.BenchmarkCase
        let watched = benchmark.HasParameters ? (Watched)benchmark.Parameters[nameof(Watched)] : Watched.Off
        select new Row(
            $"{benchmark.Descriptor.Type.Name}.{benchmark.Descriptor.WorkloadMethod.Name}",
            benchmark.Descriptor.WorkloadMethodDisplayInfo.Trim('\''),
            watched,
            statistics.Median,
            statistics.Q1,
            statistics.Q3,
            report.GcStats.GetBytesAllocatedPerOperation(benchmark) ?? 0);

    /// <summary>The row of a benchmark.</summary>
    public Row Of(string key, Watched watched = Watched.Off) =>
        Rows.FirstOrDefault(row => row.Key == key && row.Watched == watched)
        ?? throw new InvalidOperationException($"{key} with {watched} was not measured");

    /// <summary>Something else that was measured.</summary>
    public Figure Figure(string key) =>
        Figures.FirstOrDefault(figure => figure.Key == key) ?? throw new InvalidOperationException($"{key} was not measured");
}
