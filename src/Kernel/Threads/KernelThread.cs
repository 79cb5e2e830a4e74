namespace Iopf.Kernel;

/// <summary>A thread of the modeled kernel: an interrupt thread, a worker, a caller of ioctls, a device engine.</summary>
/// <remarks>
/// A thread's activation runs from start to end each time the thread is woken; an interrupt thread drains its queue and returns,
/// a caller of ioctls is entered with <see cref="Scheduler.Enter"/>. Which .NET thread carries it is the scheduler's affair.
/// </remarks>
public sealed class KernelThread
{
    // The locks held are the first of these, newest last. Nearly always the newest goes first.
    private HeldLock[] _held = new HeldLock[8];
    private bool _hasFatalSignal;

    internal KernelThread(string name, Action? activation)
    {
        Name = name;
        Activation = activation;
    }

    /// <summary>The name in traces and reports, for example <c>irq/smmu0-evtq</c>.</summary>
    public string Name { get; }

    /// <summary>Whether a fatal signal is pending, which ends every killable wait.</summary>
    /// <remarks>Kernel: <c>fatal_signal_pending</c>.</remarks>
    public bool HasFatalSignal
    {
        get => _hasFatalSignal || Origin is { HasFatalSignal: true };
        set => _hasFatalSignal = value;
    }

    /// <summary>Whether the thread runs a callback that must not wait for anything.</summary>
    /// <remarks>Kernel: <c>non_block_start</c>.</remarks>
    public bool IsNonBlockable { get; set; }

    /// <summary>How many locks the thread holds.</summary>
    public int HeldLockCount { get; private set; }

    /// <summary>Whether the thread may not sleep now.</summary>
    /// <remarks>Kernel: <c>in_atomic</c>.</remarks>
    public bool IsAtomic => SpinLocksHeld > 0;

    /// <summary>The caller that this is one of several threads of; <see langword="null"/> for a thread of its own.</summary>
    internal KernelThread? Origin { get; init; }

    internal Action? Activation { get; }

    internal bool IsReady { get; set; }

    internal int SpinLocksHeld { get; private set; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Whether the thread holds a lock in any mode.</summary>
    /// <param name="lock">The lock.</param>
    /// <returns>Whether it does.</returns>
    public bool Holds(KernelLock @lock)
    {
        for (int i = HeldLockCount - 1; i >= 0; i--)
        {
            if (ReferenceEquals(_held[i].Lock, @lock))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the thread holds a lock against everybody else.</summary>
    /// <param name="lock">The lock.</param>
    /// <returns>Whether it does; <see langword="false"/> if it holds the lock together with other readers.</returns>
    public bool HoldsExclusively(KernelLock @lock)
    {
        for (int i = HeldLockCount - 1; i >= 0; i--)
        {
            if (ReferenceEquals(_held[i].Lock, @lock))
            {
                return _held[i].Mode == LockMode.Exclusive;
            }
        }

        return false;
    }

    /// <summary>Where the thread took a lock that it holds.</summary>
    internal string PlaceOf(KernelLock @lock)
    {
        foreach (ref readonly HeldLock held in _held.AsSpan(0, HeldLockCount))
        {
            if (ReferenceEquals(held.Lock, @lock))
            {
                return held.Place;
            }
        }

        return string.Empty;
    }

    /// <summary>Lists the held locks with the places that took them, newest last.</summary>
    /// <returns>For example <c>iommu.lock (MapDma), mmap_lock (PinPages)</c>; "no lock" if there is none.</returns>
    public string DescribeHeldLocks() =>
        HeldLockCount == 0 ? "no lock" : string.Join(", ", _held.Take(HeldLockCount).Select(held => $"{held.Lock.Name} ({held.Place})"));

    internal void RecordOrder(LockOrder order, KernelLock taken, string place)
    {
        foreach (ref readonly HeldLock held in _held.AsSpan(0, HeldLockCount))
        {
            order.Record(held.Lock, held.Place, taken, place);
        }
    }

    internal void Took(KernelLock @lock, LockMode mode, string place)
    {
        if (HeldLockCount == _held.Length)
        {
            Array.Resize(ref _held, 2 * HeldLockCount);
        }

        // The same locks are taken in the same places again and again: what is there already is not stored again.
        ref HeldLock held = ref _held[HeldLockCount++];
        held.Mode = mode;
        if (!ReferenceEquals(held.Lock, @lock))
        {
            held.Lock = @lock;
        }

        if (!ReferenceEquals(held.Place, place))
        {
            held.Place = place;
        }

        if (@lock.Kind == LockKind.SpinLock)
        {
            SpinLocksHeld++;
        }
    }

    internal bool Dropped(KernelLock @lock, LockMode mode)
    {
        int at = HeldLockCount - 1;
        while (at >= 0 && !(ReferenceEquals(_held[at].Lock, @lock) && _held[at].Mode == mode))
        {
            at--;
        }

        if (at < 0)
        {
            return false;
        }

        HeldLockCount--;
        if (at < HeldLockCount)
        {
            Array.Copy(_held, at + 1, _held, at, HeldLockCount - at);
        }

        if (@lock.Kind == LockKind.SpinLock)
        {
            SpinLocksHeld--;
        }

        return true;
    }

    private record struct HeldLock(KernelLock Lock, LockMode Mode, string Place);
}
