namespace Iopf.Kernel.Tests;

public sealed class LockOrderTests
{
    private readonly InlineScheduler _scheduler = new() { LockOrder = new LockOrder() };

    [Fact]
    public void Taking_two_locks_in_one_order_is_no_cycle()
    {
        Take("iommu.lock", "mmap_lock");
        Take("iommu.lock", "mmap_lock");

        Assert.Single(_scheduler.LockOrder!.Edges);
        Assert.Empty(_scheduler.LockOrder.Cycles);
    }

    [Fact]
    public void Taking_them_the_other_way_round_is_a_cycle_even_if_nothing_deadlocked()
    {
        Take("iommu.lock", "mmap_lock");
        Take("mmap_lock", "iommu.lock");

        string cycle = Assert.Single(_scheduler.LockOrder!.Cycles);
        Assert.Contains("mmap_lock -> iommu.lock", cycle, StringComparison.Ordinal);
        Assert.Contains("iommu.lock -> mmap_lock", cycle, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cycle_over_three_locks_is_found()
    {
        Take("a", "b");
        Take("b", "c");
        Take("c", "a");

        Assert.Single(_scheduler.LockOrder!.Cycles);
    }

    private void Take(string outer, string inner)
    {
        using LockScope first = new KernelMutex(_scheduler, outer).Hold();
        using LockScope second = new KernelMutex(_scheduler, inner).Hold();
    }
}
