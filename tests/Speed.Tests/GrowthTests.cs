using Iopf.SpeedKit;
using Iopf.SpeedKit.Growth;
using Iopf.TestKit;

namespace Iopf.Speed.Tests;

/// <summary>What a fault and an invalidation cost does not depend on what they have nothing to do with; counted in operations, not in time.</summary>
public sealed class GrowthTests
{
    private static readonly Dictionary<string, Lazy<GrowthSeries>> Counted =
        GrowthAxes.All.ToDictionary(static axis => axis.Key, static axis => new Lazy<GrowthSeries>(axis.Count));

    [Fact]
    public void A_fault_costs_the_same_however_many_pages_are_mapped_already()
    {
        OperationCounts cost = SameFrom("fault-pages", 1_024, 4_194_304);

        Assert.Equal(SameFrom("fault-size", 10, 100_000_000), cost);
        Assert.Equal(1, cost.Frames);
    }

    [Fact]
    public void A_fault_costs_the_same_however_large_its_mapping_is() => SameFrom("fault-size", 10, 100_000_000);

    [Fact]
    public void A_fault_costs_the_same_however_many_containers_and_devices_are_idle() => SameFrom("fault-idle", 1, 10_000);

    [Fact]
    public void Among_mappings_a_fault_costs_one_comparison_for_each_doubling_and_nothing_else()
    {
        IReadOnlyList<GrowthPoint> points = Counted["fault-mappings"].Value.Points;

        Assert.Equal(65_535, points[^1].Size);
        Assert.Single(points.Select(static point => point.Cost with { Comparisons = 0 }).Distinct());
        Assert.All(points, static point => Assert.InRange(point.Cost.Comparisons, 1, MostComparisons(point.Size)));
    }

    [Fact]
    public void A_look_up_costs_one_comparison_for_each_doubling_of_the_mappings_and_at_most_two_more()
    {
        foreach (int mappings in new[] { 1_000, 16_000, 65_535 })
        {
            using AssignedDevice device = new(mappings, premap: 1);
            device.MapEachPage(mappings);
            for (int mapping = 0; mapping < mappings; mapping += 10)
            {
                long before = device.Mappings.Comparisons;
                Assert.NotNull(device.FindMapping(mapping));
                Assert.InRange(device.Mappings.Comparisons - before, 1, MostComparisons(mappings));
            }
        }
    }

    [Fact]
    public void An_invalidation_costs_the_pages_mapped_in_its_range()
    {
        IReadOnlyList<GrowthPoint> points = Counted["invalidation-pages"].Value.Points;

        Assert.Equal((1, 100_000), (points[0].Size, points[^1].Size));
        Assert.All(points, static point => Assert.Equal((point.Size, -point.Size), (point.Cost.Invalidations, point.Cost.Frames)));
        Assert.All(points.Zip(points.Skip(1)), static pair =>
        {
            int times = pair.Second.Size / pair.First.Size;
            Assert.InRange(pair.Second.Cost.Steps, pair.First.Cost.Steps, pair.First.Cost.Steps * times);
            Assert.InRange(pair.Second.Cost.Locks, pair.First.Cost.Locks, pair.First.Cost.Locks * times);
        });
    }

    [Fact]
    public void An_invalidation_costs_the_same_however_large_its_range_is()
    {
        OperationCounts near = SameFrom("invalidation-range", 1_000, 100_000_000);
        OperationCounts apart = CostOfDropping64Pages(apart: 1 << 14);

        Assert.Equal(apart, CostOfDropping64Pages(apart: 1 << 22));
        Assert.Equal(near with { Locks = near.Locks + 63 }, apart);
    }

    [Fact]
    public void An_invalidation_asks_the_notifier_of_each_container_of_the_process_which_takes_two_locks()
    {
        OperationCounts alone = CostOfDroppingBesideIdle(0);

        Assert.Equal(alone with { Locks = alone.Locks + 200 }, CostOfDroppingBesideIdle(100));
    }

    [Fact]
    public void A_step_has_the_same_number_whether_or_not_somebody_follows()
    {
        Assert.Equal(StepsOf(Watched.Off), StepsOf(Watched.Trace));

        // A fault, a walk, and hits.
        static long StepsOf(Watched watched)
        {
            using AssignedDevice device = new(pages: 2, premap: 1, watched, counts: true);
            device.Map();
            return device.CostOf(() =>
            {
                device.Write(0);
                device.Write(0);
                device.Read(0);
                device.Write(1);
            }).Steps;
        }
    }

    /// <summary>eng/bench --growth writes them anew.</summary>
    [Fact]
    public void Pictures_table_and_results_are_what_is_counted_now()
    {
        GrowthSeries[] all = [.. Counted.Values.Select(static series => series.Value)];
        string document = Repository.Read("docs/performance.md");
        string results = Repository.Read("bench/results/performance.json");

        Assert.All(all, series =>
        {
            string file = GrowthPicture.FileOf(series.Axis);
            Assert.Contains($"(pictures/{file})", document, StringComparison.Ordinal);
            Assert.Equal(Repository.Read($"docs/pictures/{file}"), GrowthPicture.Text(series));
        });
        Assert.Contains($"{GrowthTable.Begin}\n\n{string.Join('\n', GrowthTable.Lines(all))}\n\n<!--", document, StringComparison.Ordinal);
        Assert.Equal(results, GrowthJson.Into(results, all));
    }

    private static OperationCounts SameFrom(string key, int least, int most)
    {
        IReadOnlyList<GrowthPoint> points = Counted[key].Value.Points;
        Assert.Equal((least, most), (points[0].Size, points[^1].Size));
        return Assert.Single(points.Select(static point => point.Cost).Distinct());
    }

    private static long MostComparisons(int mappings) => (long)Math.Log2(mappings) + 2;

    private static OperationCounts CostOfDropping64Pages(int apart)
    {
        using AssignedDevice device = new(64 * apart, premap: 1, counts: true);
        device.Map();
        for (int page = 0; page < 64; page++)
        {
            device.Write(page * apart);
        }

        return device.CostOf(device.DropPages);
    }

    private static OperationCounts CostOfDroppingBesideIdle(int containers)
    {
        using AssignedDevice device = new(pages: 1, premap: 1, idleDevices: containers, counts: true);
        device.Map();
        device.Write(0);
        return device.CostOf(device.DropPages);
    }
}
