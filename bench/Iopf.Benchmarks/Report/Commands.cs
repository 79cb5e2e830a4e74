using Iopf.Kernel;

namespace Iopf.Benchmarks.Report;

/// <summary>What is measured by running the published <c>iopf</c>, and what is counted.</summary>
/// <remarks>eng/bench has it published before.</remarks>
internal static class Commands
{
    private const int StartUps = 15;
    private const int Runs = 5;
    private static readonly string Iopf = Repository.PathOf("artifacts", "publish", "iopf");

    /// <summary>Measures everything.</summary>
    public static IEnumerable<Figure> Measure() =>
    [
        .. Schedules(),
        Of("start_up", "iopf patches, from start to end", "ms", StartUps, () => Shell.Milliseconds(Iopf, "patches"), "iopf patches"),
    ];

    private static IEnumerable<Figure> Schedules()
    {
        yield return Schedules("plain", new DepthFirst(reduces: false));
        yield return Schedules("exhaustive", new DepthFirst(reduces: true));
    }

    private static Figure Schedules(string name, IStrategy strategy)
    {
        (int schedules, int deadlocks) = OppositeOrder.Explore(strategy, int.MaxValue);
        return new Figure(
            $"schedules_{name}",
            $"two threads, two mutexes in opposite order: schedules of strategy {name}, {deadlocks} of them a deadlock",
            schedules,
            schedules,
            schedules,
            "schedules",
            "eng/bench");
    }

    private static Figure Of(string key, string title, string unit, int times, Func<double> measure, string command)
    {
        double[] values = [.. Enumerable.Range(0, times).Select(_ => measure()).Order()];
        return new Figure(key, title, values[times / 2], values[0], values[^1], unit, command);
    }
}
