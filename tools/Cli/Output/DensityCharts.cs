using System.Globalization;
using Iopf.Density;
using Iopf.Studies.Charts;

namespace Iopf.Cli.Output;

/// <summary>The pictures of a density study.</summary>
internal static class DensityCharts
{
    private const double PagesPerGibibyte = 262_144;

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["throughput", "latency", "start", "faults", "resident", "pinned"];

    /// <summary>Draws a picture.</summary>
    /// <param name="study">The study.</param>
    /// <param name="name">Which picture.</param>
    /// <returns>The picture.</returns>
    public static CurveChart Of(DensityStudy study, string name) => name switch
    {
        "throughput" => OverGuests(study, "Throughput of all guests", new ChartAxis("throughput", "MiB/s"), static run => run.Throughput),
        "latency" => OverGuests(study, "Time of a message: 99 of 100 are faster", new ChartAxis("99th percentile", "ms", ChartScale.Log10), static run => run.Percentile99 / 1e6),
        "start" => OverGuests(study, "A further guest, from its creation to the end of its first message", new ChartAxis("start-up", "ms", ChartScale.Log10), static run => run.StartNanoseconds / 1e6),
        "faults" => OverGuests(study, "Faults on pages that reclaim took from the device", new ChartAxis("refaults", "1/s", ChartScale.Log10), static run => PerSecond(run, run.Counts.Refaults)),
        "resident" => OverTime(study, "Memory of the host in use", "resident", static sample => sample.Resident),
        _ => OverTime(study, "Memory of the host that cannot be reclaimed", "pinned", static sample => sample.Pinned),
    };

    private static CurveChart OverGuests(DensityStudy study, string title, ChartAxis axis, Func<DensityRun, double> value) =>
        new(title, new ChartAxis("guests asked for"), axis, [.. study.Curves.Select(curve => new Curve(
            curve.Policy.Name,
            [.. curve.Runs.Where(static run => run.Admitted > 0).Select(run => new CurvePoint(run.Guests, value(run)))])
        {
            Marked = curve.Inflection is null ? [] : [.. curve.Runs.Where(run => run.Admitted == curve.GuestsThatFit).Take(1).Select(run => new CurvePoint(run.Admitted, value(run)))],
        })])
        {
            Subtitle = SubtitleOf(study.Spec),
            MarkedMeaning = "the last that fits",
        };

    private static CurveChart OverTime(DensityStudy study, string title, string axis, Func<MemorySample, long> value) =>
        new(title, new ChartAxis("time", "s"), new ChartAxis(axis, "GiB"), [.. study.Curves.Select(curve => new Curve(
            curve.Policy.Name,
            [.. curve.Runs[^1].Samples.Select(sample => new CurvePoint(sample.AtNanoseconds / 1e9, value(sample) / PagesPerGibibyte))]) { HasSigns = false })])
        {
            Subtitle = SubtitleOf(study.Spec) + string.Create(CultureInfo.InvariantCulture, $", {study.Curves[0].Runs[^1].Guests} guests asked for"),
        };

    private static string SubtitleOf(DensitySpec spec) => string.Create(
        CultureInfo.InvariantCulture,
        $"host of {spec.HostMebibytes / 1024} GiB, guests of {spec.GuestMebibytes / 1024} GiB, working set {spec.WorkingSetMebibytes} MiB, buffers {spec.Options.DmaMebibytes} MiB{Changed(spec)}");

    private static string Changed(DensitySpec spec) => string.Concat(DensityParameters.Of(spec)
        .Where(static number => number.IsSet && number.Name != "Density:DmaMebibytes")
        .Select(static number => $", {number.Name[(number.Name.IndexOf(':', StringComparison.Ordinal) + 1)..]} {number.Value}"));

    private static double PerSecond(DensityRun run, long count) => run.MeasuredNanoseconds == 0 ? 0 : count / (run.MeasuredNanoseconds / 1e9);
}
