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
    public BenchmarkConfig(BenchmarkLength length)
    {
        (int warmUps, int iterations) = length switch
        {
            BenchmarkLength.Short => (1, 3),
            BenchmarkLength.Turn => (2, 8),
            _ => (10, 15),
        };
        AddJob(new Job(length.ToString())
            .WithToolchain(new InProcessEmitToolchain(TimeSpan.FromMinutes(30), logOutput: length != BenchmarkLength.Turn))
            .WithClock(new ProcessorTime())
            .WithInvocationCount(1)
            .WithUnrollFactor(1)
            .WithWarmupCount(warmUps)
            .WithIterationCount(iterations));
        if (length == BenchmarkLength.Turn)
        {
            AddLogger(NullLogger.Instance);
            WithOptions(ConfigOptions.DisableLogFile);
        }
        else
        {
            AddLogger(ConsoleLogger.Default);
        }

        AddColumnProvider(DefaultColumnProviders.Instance);
        AddColumn(StatisticColumn.Min, StatisticColumn.Q1, StatisticColumn.Median, StatisticColumn.Q3);
        HideColumns(Column.Error, Column.RatioSD, Column.AllocRatio);
        ArtifactsPath = "artifacts/benchmarks";
    }
}
