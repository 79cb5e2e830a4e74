using Iopf.Benchmarks;

namespace Iopf.Tests.Speed;

/// <summary>What a fault and an invalidation cost does not depend on what they have nothing to do with; counted in operations, not in time.</summary>
public sealed class GrowthTests
{
    [Fact]
    public void A_fault_costs_the_same_however_many_pages_are_mapped_already()
    {
        OperationCounts few = CostOfFault(pages: 4_096, mappedBefore: 1_000);
        OperationCounts many = CostOfFault(pages: 1 << 20, mappedBefore: 500_000);

        Assert.Equal(few, many);
    }

    [Fact]
    public void A_fault_costs_the_same_however_large_its_mapping_is() =>
        Assert.Equal(CostOfFault(pages: 4_096, mappedBefore: 1), CostOfFault(pages: 1 << 28, mappedBefore: 1));

    [Fact]
    public void A_fault_costs_the_same_however_many_containers_and_devices_are_idle() =>
        Assert.Equal(CostOfFault(pages: 512, mappedBefore: 1, idleDevices: 1), CostOfFault(pages: 512, mappedBefore: 1, idleDevices: 1_000));

    [Fact]
    public void A_look_up_costs_one_comparison_for_each_doubling_of_the_mappings_and_at_most_two_more()
    {
        foreach (int mappings in new[] { 1_000, 16_000, 65_000 })
        {
            using AssignedDevice device = new(mappings, premap: 1);
            device.MapEachPage(mappings);
            long before = device.Mappings.Comparisons;
            for (int mapping = 0; mapping < mappings; mapping += 10)
            {
                Assert.NotNull(device.FindMapping(mapping));
            }

            Assert.InRange(device.Mappings.Comparisons - before, 1, mappings / 10 * ((long)Math.Log2(mappings) + 2));
        }
    }

    [Fact]
    public void An_invalidation_costs_the_pages_mapped_in_its_range_and_not_the_range()
    {
        OperationCounts small = CostOfDrop(pages: 4_096, mapped: 64);
        OperationCounts large = CostOfDrop(pages: 1 << 28, mapped: 64);
        OperationCounts more = CostOfDrop(pages: 1 << 28, mapped: 128);

        Assert.Equal(small, large);
        Assert.InRange(more.Invalidations - large.Invalidations, 1, 64);
    }

    // The fault that is counted lies among those that went before, so that every table it needs is there.
    private static OperationCounts CostOfFault(int pages, int mappedBefore, int idleDevices = 0)
    {
        using AssignedDevice device = new(pages, premap: 1, idleDevices: idleDevices, counts: true);
        device.Map();
        for (int page = 0; page < mappedBefore; page++)
        {
            device.Write(page);
        }

        return device.CostOf(() => device.Write(mappedBefore));
    }

    private static OperationCounts CostOfDrop(int pages, int mapped)
    {
        using AssignedDevice device = new(pages, premap: 1, counts: true);
        device.Map();
        for (int page = 0; page < mapped; page++)
        {
            device.Write(page * 2);
        }

        return device.CostOf(device.DropPages);
    }
}
