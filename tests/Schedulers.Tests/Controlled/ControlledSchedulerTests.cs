using Iopf.Kernel;

namespace Iopf.Schedulers.Tests.Controlled;

/// <summary>Threads run one at a time, and change where the schedule says so.</summary>
public sealed class ControlledSchedulerTests
{
    private readonly ControlledScheduler _scheduler = new();
    private readonly List<string> _log = [];

    [Fact]
    public void Threads_without_a_schedule_run_one_after_the_other()
    {
        KernelMutex mutex = new(_scheduler, "m");
        Run([], ("a", () => Twice(mutex, "a")), ("b", () => Twice(mutex, "b")));

        Assert.Equal(["a1", "a2", "b1", "b2"], _log);
    }

    [Fact]
    public void A_thread_runs_up_to_the_point_of_its_entry()
    {
        KernelMutex mutex = new(_scheduler, "m");
        Run(["a@lock m#2", "b"], ("a", () => Twice(mutex, "a")), ("b", () => Twice(mutex, "b")));

        Assert.Equal(["a1", "b1", "b2", "a2"], _log);
    }

    [Theory]
    [InlineData(TraceLayer.Type1, "a1 b a2")]
    [InlineData(TraceLayer.Device, "a1 b a2")]
    [InlineData(TraceLayer.Smmu, "a1 a2 b")]
    public void Steps_are_places_for_other_threads_but_for_those_of_the_SMMU_which_does_a_transaction_in_one_go(TraceLayer layer, string order)
    {
        HostKernel kernel = new(_scheduler, new CostOptions());
        Action a = () =>
        {
            _log.Add("a1");
            kernel.Step(layer, "step", string.Empty, null, $"");
            _log.Add("a2");
        };

        Run(["a@step", "b"], ("a", a), ("b", () => _log.Add("b")));

        Assert.Equal(order, string.Join(' ', _log));
    }

    [Fact]
    public void Text_of_a_step_is_that_of_its_own_thread_whoever_goes_on_meanwhile()
    {
        HostKernel kernel = new(_scheduler, new CostOptions());
        List<string> texts = [];
        kernel.Trace.Subscribe(step => texts.Add(step.Text));
        (string, Action) Thread(string name) => (name, () => kernel.Step(TraceLayer.Type1, "step", string.Empty, null, $"all of it is {name}'s"));

        Run(["long@step", "b"], Thread("long"), Thread("b"));

        Assert.Equal(["all of it is b's", "all of it is long's"], texts);
    }

    [Fact]
    public void Two_locks_taken_in_opposite_order_deadlock_and_the_report_names_both_threads_and_locks()
    {
        KernelMutex left = new(_scheduler, "left");
        KernelMutex right = new(_scheduler, "right");

        DeadlockException deadlock = Assert.Throws<DeadlockException>(
            () => Run(["a@lock right", "b"], ("a", () => Nest(left, right)), ("b", () => Nest(right, left))));

        Assert.Equal("L2", deadlock.Promise);
        Assert.Contains("a waits in Nest for right, held by b since Nest (the waiter holds left (Nest))", deadlock.Message, StringComparison.Ordinal);
        Assert.Contains("b waits in Nest for left, held by a since Nest (the waiter holds right (Nest))", deadlock.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_threads_in_another_order_do_not_deadlock()
    {
        KernelMutex left = new(_scheduler, "left");
        KernelMutex right = new(_scheduler, "right");

        Run(["a", "b"], ("a", () => Nest(left, right)), ("b", () => Nest(right, left)));
    }

    [Fact]
    public void A_thread_that_waits_goes_on_when_another_made_its_condition_true()
    {
        WaitQueue queue = new(_scheduler, "news");
        bool isThere = false;
        Action waits = () =>
        {
            queue.Wait(() => isThere);
            _log.Add("a woke");
        };
        Action tells = () =>
        {
            _log.Add("b tells");
            isThere = true;
            queue.WakeAll();
        };
        Run(["a", "b"], ("a", waits), ("b", tells));

        Assert.Equal(["b tells", "a woke"], _log);
    }

    [Fact]
    public void A_wait_that_nobody_ends_is_a_deadlock_of_the_answering_kind()
    {
        WaitQueue queue = new(_scheduler, "godot");

        DeadlockException deadlock = Assert.Throws<DeadlockException>(() => Run([], ("a", () => queue.Wait(() => false))));

        Assert.Equal("R1", deadlock.Promise);
        Assert.Contains("godot", deadlock.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_woken_kernel_thread_runs_when_the_schedule_says_so_and_at_the_latest_at_the_end()
    {
        KernelThread worker = _scheduler.CreateThread("worker", () => _log.Add("worker"));
        Action wakes = () =>
        {
            _scheduler.Wake(worker);
            _log.Add("woken");
            _scheduler.Point("later");
            _log.Add("later");
        };
        Run(["a@later", "worker"], ("a", wakes));
        Run(["a"], ("a", wakes));

        Assert.Equal(["woken", "worker", "later", "woken", "later", "worker"], _log);
    }

    [Fact]
    public void Srcu_waits_for_a_reader_in_another_thread()
    {
        Srcu srcu = new(_scheduler, "srcu");
        Action reads = () =>
        {
            using (srcu.HoldRead())
            {
                _scheduler.Point("half");
                _log.Add("read");
            }
        };
        Action synchronises = () =>
        {
            srcu.Synchronize();
            _log.Add("synchronised");
        };
        Run(["reader@half", "writer"], ("reader", reads), ("writer", synchronises));

        Assert.Equal(["read", "synchronised"], _log);
    }

    [Fact]
    public void What_one_thread_throws_reaches_the_caller_and_every_other_thread_ends()
    {
        KernelMutex mutex = new(_scheduler, "m");
        for (int i = 0; i < 200; i++)
        {
            Assert.Throws<KernelOopsException>(() => Run(
                ["a@lock m#2", "b"],
                ("a", () => Twice(mutex, "a")),
                ("b", () => throw new KernelOopsException("BUG", "b"))));
        }
    }

    [Fact]
    public void A_lock_taken_twice_by_one_thread_is_reported_at_once()
    {
        KernelMutex mutex = new(_scheduler, "m");

        LockMisuseException misuse = Assert.Throws<LockMisuseException>(() => Run([], ("a", () => Nest(mutex, mutex))));

        Assert.Equal("L2", misuse.Promise);
    }

    [Fact]
    public void An_entry_whose_thread_never_comes_to_its_point_is_passed_over()
    {
        Run(["b@lock nothing", "a"], ("a", () => _log.Add("a")), ("b", () => _log.Add("b")));

        Assert.Equal(["b", "a"], _log);
    }

    private void Run(string[] schedule, params KeyValuePair<string, Action>[] threads) =>
        _scheduler.RunThreads(threads, new WrittenSchedule(schedule));

    private void Run(string[] schedule, params (string Name, Action Body)[] threads) =>
        Run(schedule, [.. threads.Select(thread => new KeyValuePair<string, Action>(thread.Name, thread.Body))]);

    private void Twice(KernelMutex mutex, string name)
    {
        using (mutex.Hold())
        {
            _log.Add($"{name}1");
        }

        using (mutex.Hold())
        {
            _log.Add($"{name}2");
        }
    }

    private static void Nest(KernelMutex outer, KernelMutex inner)
    {
        using (outer.Hold())
        using (inner.Hold())
        {
            _ = outer.IsHeld;
        }
    }
}
