using System.Runtime.ExceptionServices;
using Iopf.Kernel;

namespace Iopf.Schedulers;

/// <summary>
/// Runs threads side by side under a schedule: exactly one at a time, and another one only where the schedule says so. Outside
/// <see cref="RunThreads"/> it is the inline scheduler.
/// </summary>
/// <remarks>
/// Every thread has a carrier that is parked unless it has the baton, so model code stays ordinary synchronous C#, and the same schedule gives the
/// same run. Places where the baton may change hands: lock and unlock, wait, the start and the end of a thread, and the steps of the trace.
/// </remarks>
public sealed partial class ControlledScheduler : InlineScheduler
{
    private const string Hardware = "hardware";

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
            Carrier carrier = new(_carriers.Count, name, CreateCaller(name));
            _carriers.Add(carrier);
            carrier.Start(() => Run(carrier, body));
        }

        PassOn(null);
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
            carrier = new Carrier(_carriers.Count, thread.Name, thread) { IsActive = false };
            _carrierOf.Add(thread, carrier);
            _carriers.Add(carrier);
            carrier.Start(() => RunActivations(carrier));
        }

        // The wake-up that has it run comes before what it does; one more may come before it begins or after, and then it runs once more.
        _schedule!.Touched(_running.Index, thread.Name, carrier.IsActive ? TouchKinds.Gives | TouchKinds.Writes : TouchKinds.Gives);
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
            Yield(carrier, new SchedulePoint(PointKind.Step, name, name));
            _schedule!.Touched(carrier.Index, name, TouchKinds.Writes);
        }
    }

    /// <inheritdoc/>
    public override void Touch(string target, bool writes)
    {
        if (_running is { } carrier && !IsAborting)
        {
            _schedule!.Touched(carrier.Index, target, writes ? TouchKinds.Writes : TouchKinds.Reads);
        }
    }

    internal override void StepPoint(TraceLayer layer, string function)
    {
        if (_running is not { } carrier || IsAborting)
        {
            return;
        }

        // Tables, queues and registers are shared by all and guarded by no lock that the hardware knows.
        bool isHardware = layer is TraceLayer.Device or TraceLayer.Smmu or TraceLayer.SmmuDriver or TraceLayer.IommuCore;
        // What the SMMU's hardware does in one go (docs/decisions/0006) nobody can come between.
        bool isAtomic = layer == TraceLayer.Smmu;
        if ((_schedule!.StopsAtEveryStep && !isAtomic) || layer is TraceLayer.Device or TraceLayer.IommuCore)
        {
            Yield(carrier, new SchedulePoint(PointKind.Step, function, isHardware ? Hardware : string.Empty));
        }

        if (isHardware)
        {
            _schedule!.Touched(carrier.Index, Hardware, TouchKinds.Writes);
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

        if (carrier.Identity.Holds(@lock) && (mode == LockMode.Exclusive || @lock.Owner is not null))
        {
            Running = carrier.Identity;
            ReportBlocked(@lock, place);
        }

        (carrier.BlockedOn, carrier.BlockedMode, carrier.Place) = (@lock, mode, place);
        Yield(carrier, new SchedulePoint(mode == LockMode.Exclusive ? PointKind.Lock : PointKind.LockShared, @lock.Class, @lock.Name));
        carrier.BlockedOn = null;
        _schedule!.Touched(carrier.Index, @lock.Name, mode == LockMode.Exclusive ? TouchKinds.Takes : TouchKinds.TakesShared);
        base.Acquire(@lock, mode, place);
    }

    internal override bool TryAcquire(KernelLock @lock, LockMode mode, string place)
    {
        if (_running is not { } carrier)
        {
            return base.TryAcquire(@lock, mode, place);
        }

        // Whether it is had depends on who gives it back when: unlike a lock that is waited for.
        Running = carrier.Identity;
        bool isTaken = base.TryAcquire(@lock, mode, place);
        _schedule!.Touched(carrier.Index, @lock.Name, isTaken ? TouchKinds.Takes | TouchKinds.Writes : TouchKinds.Reads);
        return isTaken;
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
        _schedule!.Touched(carrier.Index, @lock.Name, mode == LockMode.Exclusive ? TouchKinds.Gives : TouchKinds.GivesShared);
        Yield(carrier, new SchedulePoint(PointKind.Unlock, @lock.Class, string.Empty));
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
        Yield(carrier, new SchedulePoint(PointKind.Wait, queue.Name, queue.Name));
        _schedule!.Touched(carrier.Index, queue.Name, TouchKinds.Writes);
        if (condition())
        {
            return WaitOutcome.Woken;
        }

        Sleeping?.Invoke(carrier.Identity, queue);
        (carrier.WaitsOn, carrier.IsKillable, carrier.Place) = (queue, killable, place);
        do
        {
            carrier.IsWoken = false;
            PassOn(carrier);
            _schedule!.Touched(carrier.Index, queue.Name, TouchKinds.Writes);
        }
        while (!condition() && !(killable && carrier.Identity.HasFatalSignal));
        carrier.WaitsOn = null;
        return condition() ? WaitOutcome.Woken : WaitOutcome.Killed;
    }

    internal override void WakeAll(WaitQueue queue)
    {
        base.WakeAll(queue);
        if (_running is not { } carrier || IsAborting)
        {
            return;
        }

        _schedule!.Touched(carrier.Index, queue.Name, TouchKinds.Writes);
        foreach (Carrier sleeper in _carriers)
        {
            sleeper.IsWoken |= ReferenceEquals(sleeper.WaitsOn, queue);
        }
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
}
