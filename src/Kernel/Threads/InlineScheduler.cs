using System.Diagnostics.CodeAnalysis;

namespace Iopf.Kernel;

/// <summary>Runs all kernel threads on one .NET thread, one at a time and to completion.</summary>
/// <remarks>
/// A thread that must wait lets the runnable threads run on top of it; when none is left the wait is reported as a deadlock.
/// A lock held by a thread underneath can never be released from above: taking it is reported at once, with both places.
/// </remarks>
public class InlineScheduler : Scheduler
{
    // Far more than any call needs: whoever hands the floor on that often does so for ever, such as a fault that is answered and repeats.
    private const int LongestRun = 20_000;

    private readonly Queue<KernelThread> _ready = new();
    private KernelThread _current = new("main", activation: null);
    private bool _hasReported;

    /// <inheritdoc/>
    public override KernelThread Current => _current;

    private protected KernelThread Running
    {
        get => _current;
        set => _current = value;
    }

    /// <summary>
    /// Asked when a thread waits and nothing is runnable: the environment may act (a signal arrives, a file is closed) and
    /// return <see langword="true"/>, or return <see langword="false"/> to have the deadlock reported.
    /// </summary>
    public Func<KernelThread, WaitQueue, bool>? NothingRunnable { get; set; }

    /// <inheritdoc/>
    public override KernelThread CreateThread(string name, Action activation) => new(name, activation);

    /// <inheritdoc/>
    public override KernelThread CreateCaller(string name) => new(name, activation: null);

    /// <inheritdoc/>
    public override ThreadScope Enter(KernelThread thread)
    {
        ThreadScope scope = new(this, thread, _current);
        _current = thread;
        return scope;
    }

    /// <inheritdoc/>
    public override void Wake(KernelThread thread)
    {
        Invariant.Hold(thread.Activation is not null, "only a thread with an activation is woken");
        if (!thread.IsReady)
        {
            thread.IsReady = true;
            _ready.Enqueue(thread);
        }
    }

    /// <inheritdoc/>
    public override void RunReady()
    {
        for (int runs = 0; _ready.TryDequeue(out KernelThread? thread); runs++)
        {
            RequireAnEnd(runs, thread);
            Run(thread);
        }
    }

    internal override void Acquire(KernelLock @lock, LockMode mode, string place)
    {
        if (@lock.Kind is not (LockKind.SpinLock or LockKind.Srcu))
        {
            RequireMaySleep(@lock.Name, place);
        }

        if (LockOrder is { } order)
        {
            _current.RecordOrder(order, @lock, place);
        }

        if (!Take(@lock, mode, place))
        {
            ReportBlocked(@lock, place);
        }
    }

    internal override bool TryAcquire(KernelLock @lock, LockMode mode, string place) => Take(@lock, mode, place);

    private bool Take(KernelLock @lock, LockMode mode, string place)
    {
        if (@lock.Owner is not null || (mode == LockMode.Exclusive && @lock.Readers > 0))
        {
            return false;
        }

        if (mode == LockMode.Exclusive)
        {
            @lock.GiveTo(_current);
        }
        else
        {
            @lock.Readers++;
        }

        _current.Took(@lock, mode, place);
        return true;
    }

    internal override void Release(KernelLock @lock, LockMode mode)
    {
        if (!_current.Dropped(@lock, mode))
        {
            throw new LockMisuseException(
                $"{_current.Name} releases {@lock.Name}, which it does not hold (owner: {@lock.Owner?.Name ?? "none"})");
        }

        if (mode == LockMode.Exclusive)
        {
            @lock.TakeBack();
        }
        else
        {
            @lock.Readers--;
            (@lock as Srcu)?.ReaderLeft();
        }
    }

    internal override WaitOutcome Wait(WaitQueue queue, Func<bool> condition, bool killable, string place)
    {
        RequireMaySleep(queue.Name, place);
        if (condition())
        {
            return WaitOutcome.Woken;
        }

        Sleeping?.Invoke(_current, queue);
        int runs = 0;
        do
        {
            if (killable && _current.HasFatalSignal)
            {
                return WaitOutcome.Killed;
            }

            if (_ready.TryDequeue(out KernelThread? thread))
            {
                RequireAnEnd(runs++, thread);
                Run(thread);
            }
            else if (NothingRunnable?.Invoke(_current, queue) != true)
            {
                _hasReported = true;
                throw new DeadlockException(
                    $"{_current.Name} waits in {place} for {queue.Name}, and no thread can end the wait (the waiter holds {_current.DescribeHeldLocks()})")
                {
                    Promise = "R1",
                    Place = place,
                };
            }
        }
        while (!condition());

        return WaitOutcome.Woken;
    }

    internal override void WakeAll(WaitQueue queue)
    {
        // Waiters are underneath on this very stack: they look at their condition when control returns to them.
    }

    internal override void Leave(KernelThread thread, KernelThread previous)
    {
        Invariant.Hold(ReferenceEquals(_current, thread), "threads leave in the reverse order of entering");
        _current = previous;
        RequireNothingLeft(thread);
    }

    private void RequireAnEnd(int runs, KernelThread next)
    {
        if (runs == LongestRun)
        {
            _hasReported = true;
            throw new DeadlockException($"{next.Name} and others hand each other the floor for ever: {LongestRun} times in one call")
            {
                Promise = "R1",
            };
        }
    }

    /// <summary>Nothing more is said about locks once a wait or a lock was reported: what follows is the unwinding of that.</summary>
    private void RequireNothingLeft(KernelThread thread)
    {
        if (!_hasReported)
        {
            RequireNoLockHeld(thread);
        }
    }

    private protected static void RequireNoLockHeld(KernelThread thread)
    {
        if (thread.HeldLockCount > 0)
        {
            throw new LockMisuseException($"{thread.Name} returned with locks held: {thread.DescribeHeldLocks()}");
        }
    }

    private protected void Run(KernelThread thread)
    {
        KernelThread previous = _current;
        thread.IsReady = false;
        _current = thread;
        try
        {
            thread.Activation!();
        }
        finally
        {
            _current = previous;
        }

        RequireNothingLeft(thread);
    }

    private protected void RequireMaySleep(string what, string place)
    {
        if (_current.IsAtomic || _current.IsNonBlockable)
        {
            ReportSleep(what, place);
        }
    }

    [DoesNotReturn]
    private void ReportSleep(string what, string place)
    {
        _hasReported = true;
        string why = _current.IsAtomic ? "while it holds a spinlock" : "where it may not block";
        throw new LockMisuseException($"{_current.Name} may sleep on {what} in {place} {why} (the waiter holds {_current.DescribeHeldLocks()})")
        {
            Promise = "L3",
        };
    }

    private protected void ReportBlocked(KernelLock @lock, string place)
    {
        _hasReported = true;
        if (_current.Holds(@lock))
        {
            throw new LockMisuseException(
                $"{_current.Name} takes {@lock.Name} in {place} while it already holds it (the waiter holds {_current.DescribeHeldLocks()})")
            {
                Promise = "L2",
                LockClass = @lock.Class,
                Place = place,
            };
        }

        throw new DeadlockException(
            $"{_current.Name} waits in {place} for {@lock.Name}, held by {@lock.DescribeHolder()}, which cannot run (the waiter holds {_current.DescribeHeldLocks()})");
    }
}
