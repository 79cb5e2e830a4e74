using Iopf.SpeedKit;

namespace Iopf.Benchmarks.Report;

/// <summary>The targets, and which rows they are read from.</summary>
internal static class Targets
{
    private const double Window = 512;

    public static IReadOnlyList<Target> All { get; } =
    [
        AtLeast("TLB hits", "M/s", 50, results => Millions(results, "Translating.TlbHit")),
        AtLeast("walks of one stage, 32,768 pages in random order", "M/s", 12, results => Millions(results, "Translating.WalkOneStage")),
        AtLeast("walks of two stages", "M/s", 4, results => Millions(results, "Translating.WalkTwoStages")),
        AtLeast("walk of the tables alone, to C", "x", 0.7, results => ToC(results, "Baseline.Walk", "Translating.WalkTables")),
        AtLeast("whole translation by a walk (configuration, TLB miss, walk, TLB fill), to C's bare walk", "x", 0.7, results => ToC(results, "Baseline.Walk", "Translating.WalkOneStage")),
        AtLeast("map a page, one in a call, to C", "x", 0.6, results => ToC(results, "Baseline.MapEach", "Mapping.MapEach")),
        AtLeast("map a page, 512 in a call, to C", "x", 0.6, results => ToC(results, "Baseline.MapRuns", "Mapping.MapRuns")),
        AtLeast("full faults, pre-map 1", "M/s", 1.5, results => Millions(results, "Faulting.OnePageEach")),
        AtLeast("pages of full faults, pre-map 512", "M/s", 40, results => Window * Millions(results, "Faulting.Windowed")),
        AtLeast("SVA faults", "M/s", 1, results => Millions(results, "Faulting.Sva")),
        AtMost("MAP_DMA of 1 GiB, pinned", "ms", 10, results => results.Of("Calling.MapGigabyte").Median / 1e6),
        AtMost("look-up among 65,000 mappings", "ns", 100, results => results.Of("LookingUp.FindMapping").Median),
        AtMost("checkers that observe, full fault with pre-map 1", "x", 2, results => Watching(results, "Faulting.OnePageEach", Watched.Checks)),
        AtMost("full trace to a null sink, full fault with pre-map 1", "x", 1.3, results => Watching(results, "Faulting.OnePageEach", Watched.Trace)),
        AtLeast("random schedules of two threads and two mutexes", "/s", 20_000, results => 1e9 / results.Of("Exploring.RandomSchedules").Median),
        AtMost("16 GiB guest, all pages entered: IOMMU tables and bitmap", "x", 1.25, results => results.Figure("big-guest.ratio").Value),
        AtMost("idle container with a mapping of 1 TiB", "MB", 40, results => results.Figure("idle-mapping.added_bytes").Value / 1e6),
        AtMost("1,000 containers with 1,000 mappings each", "MB", 250, results => results.Figure("many-containers.added_bytes").Value / 1e6),
        AtMost("iopf patches, published", "ms", 120, results => results.Figure("start_up").Value),
        AtLeast("iopf sweep on two cores, to one", "x", 1.7, results => results.Figure("sweep_two").Value),
        AtLeast("iopf explore --strategy random on two cores, to one", "x", 1.7, results => results.Figure("explore_two").Value),
        AtLeast("iopf review on two cores, to one", "x", 1.7, results => results.Figure("review_two").Value),
    ];

    private static Target AtLeast(string title, string unit, double limit, Func<Results, double> measure) => new(title, unit, true, limit, measure);

    private static Target AtMost(string title, string unit, double limit, Func<Results, double> measure) => new(title, unit, false, limit, measure);

    private static double Millions(Results results, string key) => 1e3 / results.Of(key).Median;

    private static double ToC(Results results, string c, string key) => results.Of(c).Median / results.Of(key).Median;

    private static double Watching(Results results, string key, Watched watched) => results.Of(key, watched).Median / results.Of(key).Median;
}
