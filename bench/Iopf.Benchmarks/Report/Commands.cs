using System.Globalization;
using System.Text.Json;
using Iopf.Schedulers;

namespace Iopf.Benchmarks.Report;

/// <summary>What is measured by running the published <c>iopf</c>, and what is counted.</summary>
/// <remarks>eng/bench has it published before.</remarks>
internal static class Commands
{
    private const int StartUps = 15;
    private const int Runs = 3;
    private static readonly string Iopf = Repository.PathOf("artifacts", "publish", "iopf");

    /// <summary>Measures everything.</summary>
    public static IEnumerable<Figure> Measure() =>
    [
        .. Schedules(),
        Of("start_up", "iopf patches, from start to end", "ms", StartUps, static () => Shell.Measure(Iopf, "patches").Wall, "iopf patches"),
        .. ShortRun.All.SelectMany(static run => run.Figures()),
        Scaling("sweep_two", "sweep", "first-fault", "--over", "Premap:Length=1..50", "--over", "seed=1..100"),
        Scaling("explore_two", "explore", "fault-against-munmap", "--strategy", "random", "--max-schedules", "5000"),
        Scaling("review_two", "review", "--json"),
        .. Memory(),
    ];

    // In turns, so that what others do meanwhile falls on both.
    private static Figure Scaling(string key, params string[] arguments)
    {
        List<double> ones = [];
        List<double> ratios = [];
        for (int run = 0; run < Runs; run++)
        {
            ones.Add(Shell.Measure("taskset", ["-c", "0", Iopf, .. arguments]).Wall);
            ratios.Add(ones[^1] / Shell.Measure(Iopf, arguments).Wall);
        }

        ones.Sort();
        ratios.Sort();
        string command = $"iopf {string.Join(' ', arguments)}";
        string title = string.Create(CultureInfo.InvariantCulture, $"iopf {arguments[0]} on all processors, to one ({ones[Runs / 2] / 1e3:0.##} s)");
        return new Figure(key, title, ratios[Runs / 2], ratios[0], ratios[^1], "x", $"taskset -c 0 {command}; {command}");
    }

    private static IEnumerable<Figure> Memory()
    {
        foreach (string scenario in new[] { "big-guest", "idle-mapping", "many-containers" })
        {
            string command = $"iopf run {scenario} --json";
            using JsonDocument document = JsonDocument.Parse(Shell.Output(Iopf, "run", scenario, "--json"));
            JsonElement details = document.RootElement.GetProperty("operations")[0].GetProperty("details");
            foreach (JsonProperty detail in details.EnumerateObject())
            {
                double value = detail.Value.ValueKind == JsonValueKind.Number
                    ? detail.Value.GetDouble()
                    : double.Parse(detail.Value.GetString()!, CultureInfo.InvariantCulture);
                string unit = detail.Name.EndsWith("bytes", StringComparison.Ordinal) ? "bytes" : detail.Name == "ratio" ? "x" : string.Empty;
                yield return new Figure($"{scenario}.{detail.Name}", $"{scenario}: {detail.Name}", value, value, value, unit, command);
            }
        }
    }

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
