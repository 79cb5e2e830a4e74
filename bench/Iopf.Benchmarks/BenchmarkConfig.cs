using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Iopf.Benchmarks;

/// <summary>How everything is measured: in this process, in processor time, a few iterations, medians, and the bytes allocated.</summary>
internal sealed class BenchmarkConfig : ManualConfig
{
    /// <summary>Chooses how long to measure.</summary>
    /// <param name="isShort">Only to see that everything runs; the figures say little.</param>
    public BenchmarkConfig(bool isShort)
    {
        Job job = new(isShort ? "Short" : "Full");
        AddJob(job
            .WithToolchain(new InProcessEmitToolchain(TimeSpan.FromMinutes(30), logOutput: true))
            .WithClock(new ProcessorTime())
            .WithInvocationCount(1)
            .WithUnrollFactor(1)
            .WithWarmupCount(isShort ? 1 : 10)
            .WithIterationCount(isShort ? 3 : 15));
        AddLogger(ConsoleLogger.Default);
        AddColumnProvider(DefaultColumnProviders.Instance);
        AddColumn(StatisticColumn.Median, StatisticColumn.Min);
        HideColumns(Column.Error, Column.RatioSD, Column.AllocRatio);
        ArtifactsPath = "artifacts/benchmarks";
    }
}
