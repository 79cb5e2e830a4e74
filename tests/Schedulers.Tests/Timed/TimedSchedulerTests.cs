using Iopf.Kernel;

namespace Iopf.Schedulers.Tests.Timed;

public sealed class TimedSchedulerTests
{
    private readonly TimedScheduler _scheduler = new();
    private readonly CostOptions _costs = new() { InterruptWakeNanoseconds = 50, WorkerWakeNanoseconds = 7 };
    private readonly List<string> _log = [];

    [Fact]
    public void Until_time_lines_are_kept_it_is_the_inline_scheduler()
    {
        KernelThread thread = _scheduler.CreateThread("worker", () => _log.Add("ran"));

        _scheduler.Wake(thread);
        _scheduler.RunReady();

        Assert.False(_scheduler.KeepsTimelines);
        Assert.False(_scheduler.Relinquishes());
        Assert.Equal(["ran"], _log);
    }

    [Fact]
    public void A_thread_that_an_interrupt_wakes_pays_the_wake_up_before_it_runs()
    {
        HostKernel kernel = Begin();
        KernelThread thread = Serving(kernel, "irq", items: 1, cost: 10);

        At(100, () => _scheduler.Wake(thread));
        _scheduler.RunCalendar();

        Assert.Equal(["irq until 160"], _log);
        Assert.Equal((50, 1), (kernel.Stages.NanosecondsOf(CostStage.InterruptWake), kernel.Stages.TimesOf(CostStage.InterruptWake)));
    }

    [Fact]
    public void Items_found_when_the_thread_looks_again_cost_no_wake_up()
    {
        HostKernel kernel = Begin();
        KernelThread thread = Serving(kernel, "irq", items: 3, cost: 10);

        At(0, () => _scheduler.Wake(thread));
        _scheduler.RunCalendar();

        Assert.Equal(["irq until 60", "irq until 70", "irq until 80"], _log);
        ThreadTimes times = Assert.Single(_scheduler.Threads);
        Assert.Equal((1, 80, 0), (times.WakeUps, times.BusyNanoseconds, times.WaitingNanoseconds));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_thread_that_is_woken_while_it_runs_looks_once_more_before_it_sleeps(bool goesOn)
    {
        HostKernel kernel = Begin();
        KernelThread? thread = null;
        thread = Serving(kernel, "irq", items: 2, cost: 10, then: () => _scheduler.Wake(thread!), oneByOne: !goesOn);

        At(0, () => _scheduler.Wake(thread));
        _scheduler.RunCalendar();

        Assert.Equal(["irq until 60", "irq until 70"], _log);
        ThreadTimes times = Assert.Single(_scheduler.Threads);
        Assert.Equal((3, 1, 70, 0), (times.Runs, times.WakeUps, times.BusyNanoseconds, times.WaitingNanoseconds));
    }

    [Fact]
    public void Threads_that_interrupts_wake_run_side_by_side_each_on_its_own_cpu()
    {
        HostKernel kernel = Begin();
        KernelThread first = Serving(kernel, "first", items: 1, cost: 10);
        KernelThread second = Serving(kernel, "second", items: 1, cost: 10);

        At(0, () => _scheduler.Wake(first));
        At(1, () => _scheduler.Wake(second));
        _scheduler.RunCalendar();

        Assert.Equal(["first until 60", "second until 61"], _log);
        Assert.Equal(2, _scheduler.Processors.Count);
    }

    [Fact]
    public void A_worker_runs_on_the_cpu_of_its_waker_when_that_sleeps()
    {
        HostKernel kernel = Begin();
        KernelThread worker = Serving(kernel, "worker", items: 1, cost: 20);
        KernelThread interrupt = Serving(kernel, "irq", items: 1, cost: 10, then: () => _scheduler.Wake(worker));

        At(0, () => _scheduler.Wake(interrupt));
        _scheduler.RunCalendar();

        Assert.Equal(["irq until 60", "worker until 87"], _log);
        Assert.Single(_scheduler.Processors);
    }

    [Fact]
    public void An_interrupt_preempts_the_worker_and_what_waits_for_the_worker_waits_longer()
    {
        HostKernel kernel = Begin();
        KernelThread worker = Serving(
            kernel, "worker", items: 1, cost: 20, then: () => _scheduler.AfterTurn(kernel.Clock.Now, new Actor(() => _log.Add($"done at {kernel.Clock.Now}"))));
        KernelThread interrupt = Serving(kernel, "irq", items: 2, cost: 10, then: () => _scheduler.Wake(worker), oneByOne: true);

        At(0, () => _scheduler.Wake(interrupt));
        At(70, () => _scheduler.Wake(interrupt));
        _scheduler.RunCalendar();

        // The worker would be done at 87; the interrupt thread takes 60 from 70 on, and switching back 7.
        Assert.Equal(["irq until 60", "worker until 87", "irq until 130", "done at 154"], _log);
        Assert.Equal(1, Assert.Single(_scheduler.Processors).Preemptions);
    }

    [Fact]
    public void Without_preemption_the_worker_ends_its_item_first()
    {
        _costs.EventThreadPreempts = false;
        HostKernel kernel = Begin();
        KernelThread worker = Serving(kernel, "worker", items: 1, cost: 20);
        KernelThread interrupt = Serving(kernel, "irq", items: 2, cost: 10, then: () => _scheduler.Wake(worker), oneByOne: true);

        At(0, () => _scheduler.Wake(interrupt));
        At(70, () => _scheduler.Wake(interrupt));
        _scheduler.RunCalendar();

        Assert.Equal(["irq until 60", "worker until 87", "irq until 147"], _log);
    }

    [Fact]
    public void A_lock_is_waited_for_until_its_holder_gives_it_back()
    {
        HostKernel kernel = Begin();
        KernelMutex mutex = new(_scheduler, "mutex");
        KernelThread first = Locking(kernel, mutex, "first", cost: 30);
        KernelThread second = Locking(kernel, mutex, "second", cost: 30);

        At(0, () => _scheduler.Wake(first));
        At(10, () => _scheduler.Wake(second));
        _scheduler.RunCalendar();

        Assert.Equal(["first until 80", "second until 110"], _log);
        LockTimes times = Assert.Single(_scheduler.Locks);
        Assert.Equal((2, 1, 60, 20), (times.Acquisitions, times.Contentions, times.HeldNanoseconds, times.WaitingNanoseconds));
    }

    [Fact]
    public void A_lock_that_is_held_only_later_is_free_now()
    {
        LockTimes times = new("mutex");
        Assert.Equal(100, times.Take(100, nobodyBefore: 0));
        times.GiveBack(150);

        Assert.Equal(20, times.Take(20, nobodyBefore: 0));
        times.GiveBack(30);
        Assert.Equal(150, times.Take(120, nobodyBefore: 0));
    }

    [Fact]
    public void A_lock_whose_holds_follow_each_other_is_got_after_the_last_of_them()
    {
        LockTimes times = new("mutex");
        Assert.Equal(12, times.Take(12, nobodyBefore: 0));
        times.GiveBack(20);
        Assert.Equal(5, times.Take(5, nobodyBefore: 0));
        times.GiveBack(12);

        Assert.Equal(20, times.Take(6, nobodyBefore: 0));
    }

    [Theory]
    [InlineData(20, "tried until 70, got False", 1, 30)]
    [InlineData(50, "tried until 105, got True", 2, 35)]
    public void A_lock_that_is_only_tried_is_not_got_while_it_is_held_and_held_as_long_as_it_was_got(int at, string end, int acquisitions, int held)
    {
        HostKernel kernel = Begin();
        KernelMutex mutex = new(_scheduler, "mutex");
        KernelThread first = Locking(kernel, mutex, "first", cost: 30);
        KernelThread second = _scheduler.CreateThread("second", () =>
        {
            bool isGot = mutex.TryLock();
            if (isGot)
            {
                kernel.Clock.Advance(5);
                mutex.Unlock();
            }

            _log.Add($"tried until {kernel.Clock.Now}, got {isGot}");
        });

        At(0, () => _scheduler.Wake(first));
        At(at, () => _scheduler.Wake(second));
        _scheduler.RunCalendar();

        Assert.Equal(["first until 80", end], _log);
        LockTimes times = Assert.Single(_scheduler.Locks);
        Assert.Equal((acquisitions, 0, held, 0), (times.Acquisitions, times.Contentions, times.HeldNanoseconds, times.WaitingNanoseconds));
    }

    [Fact]
    public void At_the_same_time_who_was_entered_first_acts_first()
    {
        Begin();

        At(5, () => _log.Add("b"));
        At(5, () => _log.Add("c"));
        At(4, () => _log.Add("a"));
        _scheduler.RunCalendar();

        Assert.Equal(["a", "b", "c"], _log);
    }

    private HostKernel Begin()
    {
        HostKernel kernel = new(_scheduler, _costs);
        _scheduler.Begin(kernel);
        return kernel;
    }

    private void At(long time, Action act) => _scheduler.At(time, new Actor(act));

    /// <summary>A thread that serves items and says when it is done with each.</summary>
    private KernelThread Serving(HostKernel kernel, string name, int items, long cost, Action? then = null, bool oneByOne = false) =>
        _scheduler.CreateThread(name, () =>
        {
            if (items > 0)
            {
                items--;
                kernel.Clock.Advance(cost);
                _log.Add($"{name} until {kernel.Clock.Now}");
                then?.Invoke();
                if (!oneByOne)
                {
                    _scheduler.Relinquishes();
                }
            }
        });

    private KernelThread Locking(HostKernel kernel, KernelMutex mutex, string name, long cost) => _scheduler.CreateThread(name, () =>
    {
        using (mutex.Hold())
        {
            kernel.Clock.Advance(cost);
        }

        _log.Add($"{name} until {kernel.Clock.Now}");
    });

    private sealed class Actor(Action act) : ITimedActor
    {
        public void Act() => act();
    }
}
