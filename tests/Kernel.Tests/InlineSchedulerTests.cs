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

    [Fact]
    public void A_killable_wait_whose_condition_holds_already_is_no_sleep()
    {
        WaitQueue queue = new(_scheduler, "a valid vaddr");
        _scheduler.Sleeping = (_, _) => Assert.Fail("nobody sleeps");
        _scheduler.Current.HasFatalSignal = true;

        Assert.Equal(WaitOutcome.Woken, queue.WaitKillable(() => true));
    }

    [Fact]
    public void Whoever_watches_sees_who_sleeps_and_for_what()
    {
        bool done = false;
        List<string> seen = [];
        WaitQueue queue = new(_scheduler, "the answer");
        _scheduler.Sleeping = (thread, what) => seen.Add($"{thread} for {what.Name}");
        _scheduler.Wake(_scheduler.CreateThread("worker", () => done = true));

        queue.Wait(() => done);

        Assert.Equal(["main for the answer"], seen);
    }

    [Fact]
    public void A_wait_that_nobody_can_end_breaks_R1_and_one_for_a_lock_breaks_L2()
    {
        KernelMutex mutex = new(_scheduler, "iommu.lock");
        DeadlockException wait = Assert.Throws<DeadlockException>(() => new WaitQueue(_scheduler, "x").Wait(() => false));
        mutex.Lock();
        _scheduler.Wake(_scheduler.CreateThread("irq", () => mutex.Lock("Handle")));

        Assert.Equal("R1", wait.Promise);
        Assert.Equal("L2", Assert.Throws<DeadlockException>(_scheduler.RunReady).Promise);
    }

    [Fact]
    public void Threads_that_wake_each_other_for_ever_are_reported()
    {
        KernelThread? ping = null;
        KernelThread pong = _scheduler.CreateThread("pong", () => _scheduler.Wake(ping!));
        ping = _scheduler.CreateThread("ping", () => _scheduler.Wake(pong));
        _scheduler.Wake(ping);

        DeadlockException livelock = Assert.Throws<DeadlockException>(_scheduler.RunReady);

        Assert.Equal("R1", livelock.Promise);
        Assert.Contains("ping and others hand each other the floor for ever", livelock.Message, StringComparison.Ordinal);
        Assert.Throws<DeadlockException>(() => new WaitQueue(_scheduler, "x").Wait(() => false));
    }

    [Fact]
    public void A_thread_without_an_activation_cannot_be_woken() =>
        Assert.Throws<InvariantViolationException>(() => _scheduler.Wake(_scheduler.CreateCaller("qemu")));

    [Fact]
    public void Callers_leave_in_the_reverse_order_of_entering()
    {
        ThreadScope outer = _scheduler.Enter(_scheduler.CreateCaller("qemu"));
        ThreadScope inner = _scheduler.Enter(_scheduler.CreateCaller("guest"));

        Assert.NotEqual(outer, inner);
        Assert.Throws<InvariantViolationException>(outer.Dispose);
        inner.Dispose();
        outer.Dispose();
        Assert.Equal("main", _scheduler.Current.Name);
    }

    [Fact]
    public void A_scope_of_no_thread_and_of_no_lock_gives_nothing_back()
    {
        default(ThreadScope).Dispose();
        default(LockScope).Dispose();

        Assert.Equal("main", _scheduler.Current.Name);
    }

    [Fact]
    public void An_item_that_fails_leaves_the_items_after_it_to_the_next_turn()
    {
        List<int> log = [];
        WorkQueue queue = new(_scheduler, "worker");
        queue.Enqueue(new Work(() => throw new KernelOopsException("BUG", "work")));
        queue.Enqueue(new Work(() => log.Add(2)));

        KernelOopsException oops = Assert.Throws<KernelOopsException>(() => queue.Flush());
        Assert.Equal(("BUG", "work", "BUG in work"), (oops.Kind, oops.Place, oops.Message));
        Assert.False(queue.IsIdle);
        queue.Enqueue(new Work(() => log.Add(3)));
        queue.Flush();

        Assert.Equal([2, 3], log);
    }

    private sealed class Work(Action action) : IWork
    {
        public void Run() => action();
    }
}
