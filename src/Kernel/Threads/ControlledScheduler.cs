using System.Runtime.ExceptionServices;

namespace Iopf.Kernel;

/// <summary>
/// Runs threads side by side under a schedule: exactly one at a time, and another one only where the schedule says so. Outside
/// <see cref="RunThreads"/> it is the inline scheduler.
/// </summary>
/// <remarks>
/// Every thread has a carrier that is parked unless it has the baton, so model code stays ordinary synchronous C#, and the same schedule gives the
/// same run. Places where the baton may change hands: lock and unlock, wait, the start and the end of a thread, and the steps of the trace.
/// </remarks>
public sealed class ControlledScheduler : InlineScheduler
{
    private readonly List<Carrier> _carriers = [];
    private readonly Dictionary<KernelThread, Carrier> _carrierOf = [];
    private Baton _finished = new();
    private ISchedule? _schedule;
    private Carrier? _running;
    private Exception? _failure;

    /// <inheritdoc/>
    public override KernelThread Current => _running?.Identity ?? base.Current;

    private bool IsAborting => _failure is not null;

    /// <summary>Runs threads until all of them, and every kernel thread they woke, have nothing left to do.</summary>
    /// <param name="threads">Their names and what they do.</param>
    /// <param name="schedule">Who goes on.</param>
    /// <exception cref="DeadlockException">Threads wait and none can go on; the message names each of them.</exception>
    public void RunThreads(IReadOnlyList<KeyValuePair<string, Action>> threads, ISchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(threads);
        base.RunReady();
        (_schedule, _failure, _finished) = (schedule, null, new Baton());
        StopsAtSteps = true;
        foreach ((string name, Action body) in threads)
        {
            Carrier carrier = new(name, CreateCaller(name));
            _carriers.Add(carrier);
            carrier.Start(() => Run(carrier, body));
        }

        PassOn(null, string.Empty);
        _finished.Take();
        foreach (Carrier carrier in _carriers)
        {
            carrier.IsActive = false;
            carrier.Give();
            carrier.Join();
        }

        _carriers.Clear();
        _carrierOf.Clear();
        _running = null;
        _schedule = null;
        StopsAtSteps = false;
        if (_failure is { } failure)
        {
            _failure = null;
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <inheritdoc/>
    public override ThreadScope Enter(KernelThread thread)
    {
        if (_running is not { } carrier)
        {
            return base.Enter(thread);
        }

        // Two threads of one process are two threads: each enters it as somebody of its own.
        if (!carrier.Aliases.TryGetValue(thread, out KernelThread? alias))
        {
            ArgumentNullException.ThrowIfNull(thread);
            alias = new KernelThread($"{thread.Name} ({carrier.Name})", activation: null) { Origin = thread };
            carrier.Aliases.Add(thread, alias);
        }

        ThreadScope scope = new(this, alias, carrier.Identity);
        carrier.Identity = alias;
        return scope;
    }

    /// <inheritdoc/>
    public override void Wake(KernelThread thread)
    {
        if (_running is null)
        {
            base.Wake(thread);
            return;
        }

        ArgumentNullException.ThrowIfNull(thread);
        if (!_carrierOf.TryGetValue(thread, out Carrier? carrier))
        {
            carrier = new Carrier(thread.Name, thread);
            _carrierOf.Add(thread, carrier);
            _carriers.Add(carrier);
            carrier.Start(() => RunActivations(carrier));
        }

        thread.IsReady = true;
        carrier.IsActive = true;
    }

    /// <inheritdoc/>
    public override void RunReady()
    {
        // Among controlled threads, woken ones run when the schedule says so.
        if (_running is null)
        {
            base.RunReady();
        }
    }

    /// <inheritdoc/>
    public override void Point(string name)
    {
        if (_running is { } carrier && !IsAborting)
        {
            Yield(carrier, name);
        }
    }

    internal override void Acquire(KernelLock @lock, LockMode mode, string place)
    {
        if (_running is not { } carrier)
        {
            base.Acquire(@lock, mode, place);
            return;
        }

        if (IsAborting)
        {
            return;
        }

        Yield(carrier, $"lock {@lock.Class}");
        if (carrier.Identity.Holds(@lock) && (mode == LockMode.Exclusive || @lock.Owner is not null))
        {
            ReportBlocked(@lock, place);
        }

        (carrier.BlockedOn, carrier.BlockedMode, carrier.Place) = (@lock, mode, place);
        if (!carrier.IsRunnable)
        {
            PassOn(carrier, string.Empty);
        }

        carrier.BlockedOn = null;
        base.Acquire(@lock, mode, place);
    }

    internal override bool TryAcquire(KernelLock @lock, LockMode mode, string place)
    {
        if (_running is null)
        {
            return base.TryAcquire(@lock, mode, place);
        }

        Running = _running.Identity;
        return base.TryAcquire(@lock, mode, place);
    }

    internal override void Release(KernelLock @lock, LockMode mode)
    {
        if (_running is not { } carrier)
        {
            base.Release(@lock, mode);
            return;
        }

        if (IsAborting)
        {
            return;
        }

        Running = carrier.Identity;
        base.Release(@lock, mode);
        Yield(carrier, $"unlock {@lock.Class}");
    }

    internal override WaitOutcome Wait(WaitQueue queue, Func<bool> condition, bool killable, string place)
    {
        if (_running is not { } carrier)
        {
            return base.Wait(queue, condition, killable, place);
        }

        if (IsAborting)
        {
            return WaitOutcome.Killed;
        }

        Running = carrier.Identity;
        RequireMaySleep(queue.Name, place);
        Yield(carrier, $"wait {queue.Name}");
        if (condition())
        {
            return WaitOutcome.Woken;
        }

        Sleeping?.Invoke(carrier.Identity, queue);
        (carrier.WaitsOn, carrier.Condition, carrier.IsKillable, carrier.Place) = (queue, condition, killable, place);
        PassOn(carrier, string.Empty);
        carrier.WaitsOn = null;
        return condition() ? WaitOutcome.Woken : WaitOutcome.Killed;
    }

    internal override void Leave(KernelThread thread, KernelThread previous)
    {
        if (_running is not { } carrier)
        {
            base.Leave(thread, previous);
            return;
        }

        carrier.Identity = previous;
        if (!IsAborting)
        {
            RequireNoLockHeld(thread);
        }
    }

    private void Run(Carrier carrier, Action body)
    {
        try
        {
            if (!IsAborting)
            {
                body();
            }
        }
        catch (RunAbortedException)
        {
            // Another thread ended the run; this one is unwound.
        }
        catch (Exception end)
        {
            _failure ??= end;
        }

        carrier.IsActive = false;
        End(carrier);
    }

    private void RunActivations(Carrier carrier)
    {
        while (carrier.IsActive && !IsAborting)
        {
            carrier.Identity.IsReady = false;
            try
            {
                carrier.Identity.Activation!();
                RequireNoLockHeld(carrier.Identity);
            }
            catch (RunAbortedException)
            {
                return;
            }
            catch (Exception end)
            {
                _failure ??= end;
                _finished.Give();
                return;
            }

            if (!carrier.Identity.IsReady)
            {
                carrier.IsActive = false;
                End(carrier);
                carrier.Take();
            }
        }
    }

    /// <summary>A thread has nothing left to do: another one goes on, or the run is over.</summary>
    private void End(Carrier carrier)
    {
        if (IsAborting)
        {
            _finished.Give();
            return;
        }

        try
        {
            Handover(carrier, string.Empty);
        }
        catch (DeadlockException end)
        {
            _failure ??= end;
            _finished.Give();
        }
    }

    private void Yield(Carrier carrier, string point)
    {
        PassOn(carrier, point);
        Running = carrier.Identity;
    }

    /// <summary>Lets the schedule decide who goes on, and waits for the baton if it is somebody else.</summary>
    private void PassOn(Carrier? from, string point)
    {
        if (!Handover(from, point) && from is not null)
        {
            from.Take();
            if (IsAborting)
            {
                throw new RunAbortedException();
            }

            _running = from;
        }

        if (from is not null)
        {
            Running = from.Identity;
        }
    }

    /// <summary>Hands the baton on.</summary>
    /// <returns>Whether it stays where it is.</returns>
    private bool Handover(Carrier? from, string point)
    {
        List<Carrier> runnable = _carriers.FindAll(static carrier => carrier.IsRunnable);
        if (runnable.Count == 0)
        {
            if (_carriers.Exists(static carrier => carrier.IsActive))
            {
                throw Deadlock();
            }

            _finished.Give();
            return false;
        }

        string name = _schedule!.Next([.. runnable.Select(carrier => carrier.Name)], from is { IsActive: true } ? from.Name : string.Empty, point);
        Carrier next = runnable.Find(carrier => carrier.Name == name)!;
        if (ReferenceEquals(next, from))
        {
            return true;
        }

        _running = next;
        next.Give();
        return false;
    }

    private DeadlockException Deadlock()
    {
        List<Carrier> stuck = _carriers.FindAll(static carrier => carrier.IsActive);
        return new DeadlockException(string.Join("; ", stuck.Select(carrier => carrier.Describe())))
        {
            Promise = stuck.Exists(static carrier => carrier.BlockedOn is not null) ? "L2" : "R1",
        };
    }

    /// <summary>Unwinds a thread of a run that another thread has ended.</summary>
    private sealed class RunAbortedException : Exception;
}
