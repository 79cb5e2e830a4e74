using Iopf.Kernel;

namespace Iopf.Schedulers;

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

    internal HostKernel Kernel => _kernel ?? throw new InvalidOperationException("no time lines are kept");

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
            _kernel.Clock.MoveTo(TimesOf(@lock).Take(_kernel.Clock.Now, _entryTime));
        }
    }

    internal override bool TryAcquire(KernelLock @lock, LockMode mode, string place)
    {
        if (_kernel is null || mode != LockMode.Exclusive)
        {
            return base.TryAcquire(@lock, mode, place);
        }

        LockTimes times = TimesOf(@lock);
        bool isGot = !times.IsHeldAt(_kernel.Clock.Now) && base.TryAcquire(@lock, mode, place);
        if (isGot)
        {
            times.Take(_kernel.Clock.Now, _entryTime);
        }

        return isGot;
    }

    internal override void Release(KernelLock @lock, LockMode mode)
    {
        base.Release(@lock, mode);
        if (_kernel is not null && mode == LockMode.Exclusive && _locks.TryGetValue(@lock, out LockTimes? times))
        {
            times.GiveBack(_kernel.Clock.Now);
        }
    }

    /// <summary>Enters an actor, which may go on with what it does.</summary>
    internal void Enter(ITimedActor actor, long time, bool goesOn) => _calendar.Add(actor, time, goesOn);

    /// <summary>Runs a thread for one item of its work.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="turn">Its turn, if it can be preempted.</param>
    /// <returns>Whether it wants the floor again.</returns>
    internal bool RunItem(KernelThread thread, Turn? turn)
    {
        (_hasMoreToDo, _turn) = (false, turn);
        Run(thread);
        _turn = null;
        return _hasMoreToDo;
    }

    private LockTimes TimesOf(KernelLock @lock)
    {
        if (!_locks.TryGetValue(@lock, out LockTimes? times))
        {
            times = new LockTimes(@lock.Name);
            _locks.Add(@lock, times);
        }

        return times;
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
}
