using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Iopf.SpeedKit;

namespace Iopf.Benchmarks.Report;

/// <summary>Everything that was measured in one run of eng/bench.</summary>
/// <param name="Machine">Processor, system and runtime.</param>
/// <param name="Commit">The commit that was measured; marked if files were changed.</param>
/// <param name="Load">The load average of the computer when it began and when it ended.</param>
/// <param name="Methods">How many methods of Iopf.* were compiled, all of them fully optimised.</param>
/// <param name="Rows">The rows of the tables.</param>
/// <param name="Figures">What else was measured.</param>
/// <param name="Profiles">Where time goes.</param>
internal sealed record Results(
    string Machine, string Commit, string Load, int Methods, IReadOnlyList<Row> Rows, IReadOnlyList<Figure> Figures, IReadOnlyList<Profile> Profiles)
{
    /// <summary>The rows of some summaries.</summary>
    public static IEnumerable<Row> RowsOf(IEnumerable<Summary> summaries) =>
        from summary in summaries
        from report in summary.Reports
        let statistics = report.ResultStatistics
        where statistics is not null
        let benchmark = report.BenchmarkCase
        select new Row(
            KeyOf(benchmark),
            TitleOf(benchmark),
            WatchedOf(benchmark),
            statistics.Median,
            statistics.Q1,
            statistics.Q3,
            report.GcStats.GetBytesAllocatedPerOperation(benchmark) ?? 0);

    /// <summary>Class and method of a benchmark.</summary>
    public static string KeyOf(BenchmarkCase benchmark) => $"{benchmark.Descriptor.Type.Name}.{benchmark.Descriptor.WorkloadMethod.Name}";

    /// <summary>What a benchmark measures.</summary>
    public static string TitleOf(BenchmarkCase benchmark) => benchmark.Descriptor.WorkloadMethodDisplayInfo.Trim('\'');

    /// <summary>What watches the model in a benchmark.</summary>
    public static Watched WatchedOf(BenchmarkCase benchmark) =>
        benchmark.HasParameters ? (Watched)benchmark.Parameters[nameof(Watched)] : Watched.Off;

    /// <summary>The row of a benchmark.</summary>
    public Row Of(string key, Watched watched = Watched.Off) =>
        Rows.FirstOrDefault(row => row.Key == key && row.Watched == watched)
        ?? throw new InvalidOperationException($"{key} with {watched} was not measured");

    /// <summary>Something else that was measured.</summary>
    public Figure Figure(string key) =>
        Figures.FirstOrDefault(figure => figure.Key == key) ?? throw new InvalidOperationException($"{key} was not measured");
}
