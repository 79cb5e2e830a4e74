namespace Iopf.Kernel.Tests;

public sealed class InlineSchedulerTests
{
    private readonly InlineScheduler _scheduler = new();

    [Fact]
    public void A_woken_thread_runs_when_it_is_given_the_floor_and_not_before()
    {
        List<string> log = [];
        KernelThread thread = _scheduler.CreateThread("worker", () => log.Add("ran"));

        _scheduler.Wake(thread);
        log.Add("woken");
        _scheduler.RunReady();

        Assert.Equal(["woken", "ran"], log);
    }

    [Fact]
    public void A_thread_woken_twice_before_it_ran_runs_once()
    {
        int runs = 0;
        KernelThread thread = _scheduler.CreateThread("worker", () => runs++);

        _scheduler.Wake(thread);
        _scheduler.Wake(thread);
        _scheduler.RunReady();

        Assert.Equal(1, runs);
    }

    [Fact]
    public void Threads_run_in_the_order_in_which_they_were_woken()
    {
        List<string> log = [];
        KernelThread first = _scheduler.CreateThread("first", () => log.Add(_scheduler.Current.Name));
        KernelThread second = _scheduler.CreateThread("second", () => log.Add(_scheduler.Current.Name));

        _scheduler.Wake(second);
        _scheduler.Wake(first);
        _scheduler.RunReady();

        Assert.Equal(["second", "first"], log);
    }

    [Fact]
    public void A_wait_lets_the_thread_run_that_ends_it()
    {
        bool done = false;
        WaitQueue queue = new(_scheduler, "the answer");
        _scheduler.Wake(_scheduler.CreateThread("worker", () => done = true));

        queue.Wait(() => done);

        Assert.True(done);
    }

    [Fact]
    public void A_wait_that_nobody_can_end_is_reported_with_waiter_queue_and_held_locks()
    {
        KernelMutex mutex = new(_scheduler, "iommu.lock");
        WaitQueue queue = new(_scheduler, "a valid vaddr");
        using LockScope held = mutex.Hold();

        DeadlockException deadlock = Assert.Throws<DeadlockException>(() => queue.Wait(() => false));

        Assert.Contains("main waits in", deadlock.Message, StringComparison.Ordinal);
        Assert.Contains("a valid vaddr", deadlock.Message, StringComparison.Ordinal);
        Assert.Contains("iommu.lock (", deadlock.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_killable_wait_ends_with_a_fatal_signal()
    {
        WaitQueue queue = new(_scheduler, "a valid vaddr");
        _scheduler.Current.HasFatalSignal = true;

        Assert.Equal(WaitOutcome.Killed, queue.WaitKillable(() => false));
    }

    [Fact]
    public void The_environment_may_end_a_wait_that_no_thread_can_end()
    {
        bool closed = false;
        WaitQueue queue = new(_scheduler, "a valid vaddr");
        _scheduler.NothingRunnable = (_, _) => closed = true;

        Assert.Equal(WaitOutcome.Woken, queue.WaitKillable(() => closed));
    }

    [Fact]
    public void A_thread_that_returns_with_a_lock_held_is_reported_with_the_place_that_took_it()
    {
        KernelMutex mutex = new(_scheduler, "param.lock");
        _scheduler.Wake(_scheduler.CreateThread("irq", () => mutex.Lock("report")));

        LockMisuseException misuse = Assert.Throws<LockMisuseException>(_scheduler.RunReady);

        Assert.Contains("irq returned with locks held: param.lock (report)", misuse.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_caller_is_the_running_thread_until_it_leaves()
    {
        KernelThread caller = _scheduler.CreateCaller("qemu");

        using (_scheduler.Enter(caller))
        {
            Assert.Same(caller, _scheduler.Current);
        }

        Assert.Equal("main", _scheduler.Current.Name);
    }

    [Fact]
    public void A_work_queue_does_its_items_in_order_and_flush_waits_for_all_of_them()
    {
        List<int> log = [];
        WorkQueue queue = new(_scheduler, "worker");
        queue.Enqueue(new Work(() => log.Add(1)));
        queue.Enqueue(new Work(() => log.Add(2)));

        queue.Flush();

        Assert.Equal([1, 2], log);
        Assert.True(queue.IsIdle);
    }

    private sealed class Work(Action action) : IWork
    {
        public void Run() => action();
    }
}
