namespace Iopf.Kernel;

/// <summary>Gives every thread, lock and device a time line of its own, so that what can overlap overlaps and what cannot waits.</summary>
/// <remarks>
/// Until <see cref="Begin"/> it is the inline scheduler. From then on a woken thread runs when its CPU is free, one item of its work at a
/// time; while it runs, the virtual clock is its own and moves on as it spends costs. A lock is taken when its last holder has given it
/// back. Who acts earliest runs first: within one item the order of time between threads is kept at locks and wake-ups only.
/// </remarks>
public sealed class TimedScheduler : InlineScheduler
{
    private readonly Calendar _calendar = new();
    private readonly Dictionary<KernelThread, TimedThread> _threads = [];
    private readonly Dictionary<KernelLock, LockTimes> _locks = [];
    private readonly List<Processor> _processors = [];
    private HostKernel? _kernel;
    private long _entryTime;
    private Turn? _turn;
    private bool _hasMoreToDo;

    /// <inheritdoc/>
    public override bool KeepsTimelines => _kernel is not null;

    /// <summary>The threads that ran, in the order of their first run.</summary>
    public IReadOnlyList<ThreadTimes> Threads => [.. _threads.Values.Select(static thread => thread.Times)];

    /// <summary>The locks that were taken exclusively, in the order of their first use.</summary>
    public IReadOnlyList<LockTimes> Locks => [.. _locks.Values];

    /// <summary>The CPUs that serve faults.</summary>
    public IReadOnlyList<Processor> Processors => _processors;

    private HostKernel Kernel => _kernel ?? throw new InvalidOperationException("no time lines are kept");

    /// <summary>From here on time lines are kept.</summary>
    /// <param name="kernel">The kernel whose threads run here.</param>
    public void Begin(HostKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        RunReady();
        _kernel = kernel;
    }

    /// <summary>From here on it is the inline scheduler again.</summary>
    public void End() => _kernel = null;

    /// <summary>Enters an actor in the calendar.</summary>
    /// <param name="actor">Who.</param>
    /// <param name="time">When it is to act, in nanoseconds of the virtual clock.</param>
    public void At(long time, ITimedActor actor) => _calendar.Add(actor, time, goesOn: false);

    /// <summary>Enters an actor that waits for what the running thread does just now: later, if that thread is preempted before.</summary>
    /// <param name="time">When it is to act, in nanoseconds of the virtual clock.</param>
    /// <param name="actor">Who.</param>
    public void AfterTurn(long time, ITimedActor actor) =>
        _calendar.Add(_turn is null ? actor : new AfterTurnActor(this, _turn, actor), time, goesOn: false);

    /// <summary>Whether nobody else acts before a time.</summary>
    /// <param name="time">The time.</param>
    /// <returns>Whether it is so.</returns>
    public bool IsNext(long time) => time < _calendar.Next;

    /// <summary>Lets everybody act in the order of time, until nobody has anything left to do.</summary>
    public void RunCalendar()
    {
        while (_calendar.TryTake(out ITimedActor actor, out long time))
        {
            _entryTime = time;
            Kernel.Clock.MoveTo(time);
            actor.Act();
        }
    }

    /// <inheritdoc/>
    public override void Wake(KernelThread thread)
    {
        if (_kernel is null)
        {
            base.Wake(thread);
        }
        else if (!thread.IsReady)
        {
            thread.IsReady = true;
            if (!_threads.TryGetValue(thread, out TimedThread? timed))
            {
                timed = new TimedThread(this, thread, TimesOf(thread));
                _threads.Add(thread, timed);
            }

            timed.Wake(_kernel.Clock.Now);
        }
    }

    /// <inheritdoc/>
    public override void RunReady()
    {
        // With time lines, threads run when their time has come.
        if (_kernel is null)
        {
            base.RunReady();
        }
    }

    /// <inheritdoc/>
    public override bool Relinquishes() => _hasMoreToDo = _kernel is not null;

    internal override void Acquire(KernelLock @lock, LockMode mode, string place)
    {
        base.Acquire(@lock, mode, place);
        if (_kernel is not null && mode == LockMode.Exclusive)
        {
            if (!_locks.TryGetValue(@lock, out LockTimes? times))
            {
                times = new LockTimes(@lock.Name);
                _locks.Add(@lock, times);
            }

            _kernel.Clock.MoveTo(times.Take(_kernel.Clock.Now, _entryTime));
        }
    }

    internal override void Release(KernelLock @lock, LockMode mode)
    {
        base.Release(@lock, mode);
        if (_kernel is not null && mode == LockMode.Exclusive && _locks.TryGetValue(@lock, out LockTimes? times))
        {
            times.GiveBack(_kernel.Clock.Now);
        }
    }

    // What an interrupt wakes gets a CPU of its own; what another thread wakes stays near it, as the kernel's wake affinity has it.
    private ThreadTimes TimesOf(KernelThread thread)
    {
        if (!_threads.TryGetValue(Current, out TimedThread? waker))
        {
            Processor own = new($"cpu{_processors.Count}");
            _processors.Add(own);
            return new ThreadTimes(thread.Name, own, isInterruptThread: true);
        }

        if (Kernel.Costs.ProcessorsPerSmmu == 1)
        {
            return new ThreadTimes(thread.Name, waker.Times.Processor, isInterruptThread: false);
        }

        int others = _threads.Values.Count(static known => !known.Times.IsInterruptThread);
        Processor near = waker.NearProcessor(others % (Kernel.Costs.ProcessorsPerSmmu - 1), _processors);
        return new ThreadTimes(thread.Name, near, isInterruptThread: false);
    }

    private sealed class AfterTurnActor(TimedScheduler scheduler, Turn turn, ITimedActor actor) : ITimedActor
    {
        private long _known;

        public void Act()
        {
            long more = turn.DelayNanoseconds - _known;
            if (more == 0)
            {
                actor.Act();
                return;
            }

            _known += more;
            scheduler._calendar.Add(this, scheduler.Kernel.Clock.Now + more, goesOn: false);
        }
    }

    private sealed class TimedThread(TimedScheduler scheduler, KernelThread thread, ThreadTimes times) : ITimedActor
    {
        private readonly List<Processor> _near = [];
        private long _readyAt;
        private bool _sleeps;

        public ThreadTimes Times { get; } = times;

        public Processor NearProcessor(int index, List<Processor> all)
        {
            while (_near.Count <= index)
            {
                _near.Add(new Processor($"cpu{all.Count}"));
                all.Add(_near[^1]);
            }

            return _near[index];
        }

        public void Wake(long now)
        {
            (_readyAt, _sleeps) = (now, true);
            scheduler._calendar.Add(this, now, goesOn: false);
        }

        public void Act()
        {
            Processor processor = Times.Processor;
            long now = scheduler.Kernel.Clock.Now;
            if (processor.FreeAt <= now)
            {
                processor.WorkersTurn = Times.IsInterruptThread ? null : new Turn();
                processor.FreeAt = RunOnce(now);
            }
            else if (Times.IsInterruptThread && scheduler.Kernel.Costs.EventThreadPreempts && processor.WorkersTurn is { } preempted)
            {
                Preempt(processor, preempted, RunOnce(now) - now);
            }
            else
            {
                scheduler._calendar.Add(this, processor.FreeAt, goesOn: false);
            }
        }

        // Interrupt threads have a real-time priority, workers have none. The worker's thread is switched back to when this one sleeps.
        private void Preempt(Processor processor, Turn preempted, long nanoseconds)
        {
            long delay = nanoseconds;
            if (!thread.IsReady)
            {
                delay += scheduler.Kernel.Costs.WorkerWakeNanoseconds;
                scheduler.Kernel.Stages.Add(CostStage.WorkerWake, scheduler.Kernel.Costs.WorkerWakeNanoseconds);
                processor.Preemptions++;
                processor.BusyNanoseconds += scheduler.Kernel.Costs.WorkerWakeNanoseconds;
            }

            preempted.DelayNanoseconds += delay;
            processor.FreeAt += delay;
        }

        /// <summary>Serves one item.</summary>
        /// <returns>When it is done.</returns>
        private long RunOnce(long now)
        {
            HostKernel kernel = scheduler.Kernel;
            Times.WaitingNanoseconds += now - _readyAt;
            Times.Runs++;
            if (_sleeps)
            {
                Times.WakeUps++;
                kernel.SpendStage(Times.IsInterruptThread ? CostStage.InterruptWake : CostStage.WorkerWake);
            }

            scheduler._hasMoreToDo = false;
            scheduler._turn = Times.IsInterruptThread ? null : Times.Processor.WorkersTurn;
            scheduler.Run(thread);
            scheduler._turn = null;
            long end = kernel.Clock.Now;
            Times.BusyNanoseconds += end - now;
            Times.Processor.BusyNanoseconds += end - now;
            if (scheduler._hasMoreToDo)
            {
                thread.IsReady = true;
                (_readyAt, _sleeps) = (end, false);
                scheduler._calendar.Add(this, end, goesOn: true);
            }

            return end;
        }
    }
}
