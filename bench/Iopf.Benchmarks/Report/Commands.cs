using System.Globalization;
using System.Text.Json;
using Iopf.Kernel;

namespace Iopf.Benchmarks.Report;

/// <summary>What is measured by running the published <c>iopf</c>, and what is counted.</summary>
/// <remarks>eng/bench has it published before.</remarks>
internal static class Commands
{
    private const int StartUps = 15;
    private const int Runs = 3;
    private const string OneProcessor = "taskset -c 0 iopf review --json";
    private static readonly string Iopf = Repository.PathOf("artifacts", "publish", "iopf");

    /// <summary>Measures everything.</summary>
    public static IEnumerable<Figure> Measure() =>
    [
        .. Schedules(),
        Of("start_up", "iopf patches, from start to end", "ms", StartUps, () => Shell.Milliseconds(Iopf, "patches"), "iopf patches"),
        Review(),
        .. Memory(),
    ];

    // In turns, so that what others do meanwhile falls on both.
    private static Figure Review()
    {
        const string Two = "iopf review --json";
        double[] ratios =
        [
            .. Enumerable.Range(0, Runs).Select(static _ =>
            {
                double one = Shell.Milliseconds("taskset", "-c", "0", Iopf, "review", "--json");
                return one / Shell.Milliseconds(Iopf, "review", "--json");
            }).Order(),
        ];
        return new Figure("review_two", "iopf review on all processors, to one", ratios[Runs / 2], ratios[0], ratios[^1], "x", $"{OneProcessor}; {Two}");
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
