using System.Globalization;
using Iopf.Density;

namespace Iopf.Cli.Output;

/// <summary>A density study as tables of text.</summary>
internal static class DensityText
{
    /// <summary>The columns of the table with one row per policy.</summary>
    public static string[] PolicyHeader { get; } =
        ["policy", "guests that fit", "no longer at", "slope MiB/s", "most MiB/s", "at its best: median us", "p99 us", "start ms", "refaults/s"];

    /// <summary>The columns of the table with one row per host.</summary>
    public static string[] RunHeader { get; } =
        ["policy", "guests", "run", "MiB/s", "median us", "p99 us", "p99.9 us", "worst guest p99", "start ms", "faults/s", "refaults/s", "cpu refaults/s", "resident GiB", "pinned GiB", "event thread"];

    /// <summary>What was asked, one row per policy, one row per host.</summary>
    /// <param name="study">The study.</param>
    /// <returns>The lines.</returns>
    public static IEnumerable<string> Lines(DensityStudy study)
    {
        yield return Asked(study.Spec);
        yield return "";
        foreach (string line in TextTable.Lines(PolicyHeader, study.Curves.Select(PolicyRow)))
        {
            yield return line;
        }

        yield return "";
        foreach (string line in TextTable.Lines(RunHeader, study.Curves.SelectMany(static curve => curve.Runs).Select(RunRow)))
        {
            yield return line;
        }

        yield return "";
        yield return Put($"a guest fits while all keep {DensityCurve.FitShare * 100:0} % of the throughput that each has in the best host; us and ms are virtual time; docs/study.md tells why");
    }

    /// <summary>What was asked.</summary>
    /// <param name="spec">The host and the guests.</param>
    /// <returns>One line.</returns>
    public static string Asked(DensitySpec spec) => Put(
        $"density: host of {spec.HostMebibytes / 1024} GiB ({spec.GuestFrames / 262_144.0:0.#} for guests), guests of {spec.GuestMebibytes / 1024} GiB, working set {spec.WorkingSetMebibytes} MiB with {spec.Options.DmaMebibytes} MiB of buffers, seed {spec.Seed}");

    /// <summary>The row of a policy.</summary>
    /// <param name="curve">The policy over the number of guests.</param>
    /// <returns>The cells.</returns>
    public static string[] PolicyRow(DensityCurve curve)
    {
        DensityRun best = curve.LastFit ?? curve.Runs[0];
        return
        [
            curve.Policy.Name,
            Put($"{(curve.Inflection is null ? "at least " : "")}{curve.GuestsThatFit}"),
            curve.Inflection is int end ? Put($"{end}") : "-",
            Put($"{curve.Slope:0.0}"),
            Put($"{curve.Plateau:0}"),
            Put($"{best.Median / 1e3:0}"),
            Put($"{best.Percentile99 / 1e3:0}"),
            Put($"{best.StartNanoseconds / 1e6:0.0}"),
            Rate(best, best.Counts.Refaults),
        ];
    }

    /// <summary>The row of a host.</summary>
    /// <param name="run">The host.</param>
    /// <returns>The cells.</returns>
    public static string[] RunRow(DensityRun run) =>
    [
        run.Policy.Name,
        Put($"{run.Guests}"),
        Put($"{run.Admitted}"),
        Put($"{run.Throughput:0}"),
        Put($"{run.Median / 1e3:0}"),
        Put($"{run.Percentile99 / 1e3:0}"),
        Put($"{run.Percentile999 / 1e3:0}"),
        Put($"{run.WorstGuest99 / 1e3:0}"),
        Put($"{run.StartNanoseconds / 1e6:0.0}"),
        Rate(run, run.Counts.Faults),
        Rate(run, run.Counts.Refaults),
        Rate(run, run.Counts.CpuRefaults),
        Put($"{run.Resident / 262_144.0:0.0}"),
        Put($"{run.Pinned / 262_144.0:0.0}"),
        Put($"{run.BusiestEventThread * 100:0.0} %"),
    ];

    private static string Rate(DensityRun run, long count) => run.MeasuredNanoseconds == 0 ? "0" : Put($"{count / (run.MeasuredNanoseconds / 1e9):0}");

    private static string Put(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
