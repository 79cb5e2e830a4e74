using Iopf.Kernel;
using Iopf.Patches;

namespace Iopf.Tests.Promises;

/// <summary>L1 to L4: locks and sleeping. Each breach is planted and caught.</summary>
public sealed class LockPromisesTests : IDisposable
{
    private readonly PlantedHost _host = new(PatchSet.All);

    private Scheduler Scheduler => _host.Host.Kernel.Scheduler;

    [Fact]
    public void L1_sees_a_lock_that_stays_behind()
    {
        _host.Container.PagesLock.Lock("PlantedFunction");

        Assert.Equal(
            ["L1: iommu.pages_lock (container 1) is still held after the operation", "L1: main still holds iommu.pages_lock (container 1) (PlantedFunction)"],
            _host.Violations());
    }

    [Fact]
    public void L2_sees_two_locks_that_are_taken_in_both_orders()
    {
        KernelMutex first = new(Scheduler, "first");
        KernelMutex second = new(Scheduler, "second");
        using (first.Hold("Forwards"))
        using (second.Hold("Forwards"))
        {
        }

        using (second.Hold("Backwards"))
        using (first.Hold("Backwards"))
        {
        }

        Assert.Equal(["L2: second -> first (Backwards then Backwards); first -> second (Forwards then Forwards)"], _host.Violations());
    }

    [Fact]
    public void L3_is_named_by_a_sleep_under_a_spinlock()
    {
        KernelSpinLock spin = new(Scheduler, "spin");
        KernelMutex mutex = new(Scheduler, "mutex");
        using LockScope held = spin.Hold();

        Assert.Equal("L3", Assert.Throws<LockMisuseException>(() => mutex.Lock()).Promise);
    }

    [Fact]
    public void L3_is_named_by_a_sleep_in_a_callback_that_may_not_block()
    {
        KernelMutex mutex = new(Scheduler, "mutex");
        Scheduler.Current.IsNonBlockable = true;

        Assert.Equal("L3", Assert.Throws<LockMisuseException>(() => mutex.Lock()).Promise);
        Assert.True(mutex.TryLock());
    }

    [Fact]
    public void L3_sees_a_thread_that_is_left_where_it_may_not_sleep()
    {
        Scheduler.Current.IsNonBlockable = true;

        Assert.Equal(["L3: main returned in a state in which it may not sleep"], _host.Violations());
    }

    [Theory]
    [InlineData("irq/smmu0-evtq", false, "L4: irq/smmu0-evtq, which serves all devices, waits for a page")]
    [InlineData("iopf/nic0", true, "L4: iopf/nic0 waits for a page and holds streams_mutex (Plant)")]
    [InlineData("iopf/nic0", false, null)]
    public void L4_sees_who_waits_for_user_space_and_keeps_others_waiting(string thread, bool holdsLock, string? violation)
    {
        WaitQueue page = new(Scheduler, "a page", endsWithUserSpace: true);
        KernelMutex mutex = new(Scheduler, "streams_mutex");
        bool isSupplied = false;
        ((InlineScheduler)Scheduler).NothingRunnable = (_, _) => isSupplied = true;
        using (Scheduler.Enter(Scheduler.CreateCaller(thread)))
        {
            if (holdsLock)
            {
                mutex.Lock("Plant");
            }

            page.Wait(() => isSupplied);
            if (holdsLock)
            {
                mutex.Unlock();
            }
        }

        Assert.Equal(violation is null ? [] : [violation], _host.Violations());
    }

    public void Dispose() => _host.Dispose();
}
