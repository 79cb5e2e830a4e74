namespace Iopf.Kernel.Tests;

public sealed class LockTests
{
    private readonly InlineScheduler _scheduler = new();

    [Fact]
    public void A_mutex_is_held_inside_its_scope_and_free_after_it()
    {
        KernelMutex mutex = new(_scheduler, "iommu.lock");

        using (mutex.Hold())
        {
            Assert.True(mutex.IsHeld);
        }

        Assert.False(mutex.IsTaken);
    }

    [Fact]
    public void Taking_a_mutex_twice_is_reported_with_both_places()
    {
        KernelMutex mutex = new(_scheduler, "iommu.lock");
        mutex.Lock("Outer");

        LockMisuseException misuse = Assert.Throws<LockMisuseException>(() => mutex.Lock("Inner"));

        Assert.Contains("in Inner while it already holds it", misuse.Message, StringComparison.Ordinal);
        Assert.Contains("iommu.lock (Outer)", misuse.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Releasing_a_mutex_that_another_thread_holds_is_reported_with_the_owner()
    {
        KernelMutex mutex = new(_scheduler, "iommu.lock");
        mutex.Lock();
        KernelThread stranger = _scheduler.CreateCaller("stranger");

        using ThreadScope scope = _scheduler.Enter(stranger);
        LockMisuseException misuse = Assert.Throws<LockMisuseException>(mutex.Unlock);

        Assert.Contains("stranger releases iommu.lock", misuse.Message, StringComparison.Ordinal);
        Assert.Contains("owner: main", misuse.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lock_held_by_a_thread_underneath_is_a_deadlock_that_names_both_places()
    {
        KernelMutex mutex = new(_scheduler, "iommu.lock");
        mutex.Lock("Detach");
        _scheduler.Wake(_scheduler.CreateThread("irq", () => mutex.Lock("Handle")));

        DeadlockException deadlock = Assert.Throws<DeadlockException>(_scheduler.RunReady);

        Assert.Contains("irq waits in Handle for iommu.lock, held by main since Detach", deadlock.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sleeping_under_a_spinlock_is_reported()
    {
        KernelSpinLock spinLock = new(_scheduler, "page_table_lock");
        KernelMutex mutex = new(_scheduler, "iommu.lock");
        using LockScope atomic = spinLock.Hold();

        LockMisuseException misuse = Assert.Throws<LockMisuseException>(() => mutex.Lock());

        Assert.Contains("may sleep on iommu.lock", misuse.Message, StringComparison.Ordinal);
        Assert.Contains("page_table_lock", misuse.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Trying_a_mutex_under_a_spinlock_is_allowed_because_it_does_not_sleep()
    {
        KernelSpinLock spinLock = new(_scheduler, "page_table_lock");
        KernelMutex mutex = new(_scheduler, "iommu.lock");
        using LockScope atomic = spinLock.Hold();

        Assert.True(mutex.TryLock());
        mutex.Unlock();
    }

    [Fact]
    public void A_semaphore_admits_several_readers_but_no_writer_beside_them()
    {
        RwSemaphore semaphore = new(_scheduler, "mmap_lock");
        KernelThread other = _scheduler.CreateCaller("other");
        using LockScope reader = semaphore.HoldRead();

        using ThreadScope scope = _scheduler.Enter(other);
        using (semaphore.HoldRead())
        {
            Assert.True(semaphore.IsHeld);
        }

        Assert.Throws<DeadlockException>(() => semaphore.HoldWrite());
    }

    [Fact]
    public void Waiting_for_readers_inside_ones_own_read_section_is_reported()
    {
        Srcu srcu = new(_scheduler, "mmu notifier srcu");
        using LockScope reader = srcu.HoldRead();

        Assert.Throws<LockMisuseException>(() => srcu.Synchronize());
    }

    [Fact]
    public void Synchronizing_without_readers_returns_at_once()
    {
        Srcu srcu = new(_scheduler, "mmu notifier srcu");
        using (srcu.HoldRead())
        {
            Assert.True(srcu.IsTaken);
        }

        srcu.Synchronize();

        Assert.False(srcu.IsTaken);
    }

    [Fact]
    public void An_srcu_read_section_may_begin_under_a_spinlock_because_it_does_not_sleep()
    {
        KernelSpinLock spinLock = new(_scheduler, "page_table_lock");
        Srcu srcu = new(_scheduler, "mmu notifier srcu");
        using LockScope atomic = spinLock.Hold();

        using LockScope reader = srcu.HoldRead();

        Assert.True(srcu.IsHeld);
    }

    [Fact]
    public void Releasing_a_mutex_that_nobody_holds_is_reported()
    {
        KernelMutex mutex = new(_scheduler, "iommu.lock");

        LockMisuseException misuse = Assert.Throws<LockMisuseException>(mutex.Unlock);

        Assert.Contains("main releases iommu.lock, which it does not hold (owner: none)", misuse.Message, StringComparison.Ordinal);
        Assert.Equal("L1", misuse.Promise);
    }

    [Fact]
    public void A_writer_that_waits_for_readers_underneath_is_a_deadlock_that_counts_them()
    {
        RwSemaphore semaphore = new(_scheduler, "mmap_lock");
        using LockScope reading = semaphore.HoldRead();
        _scheduler.Wake(_scheduler.CreateThread("exit", () => semaphore.HoldWrite().Dispose()));

        DeadlockException deadlock = Assert.Throws<DeadlockException>(_scheduler.RunReady);

        Assert.Contains("mmap_lock, held by 1 readers", deadlock.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lock_prints_as_its_name() => Assert.Equal("mmap_lock", new RwSemaphore(_scheduler, "mmap_lock").ToString());
}
