using System.Runtime.CompilerServices;

namespace Iopf.Kernel;

/// <summary>What all locks of the model have in common: a name, a class, and a scheduler that decides who gets them.</summary>
public abstract class KernelLock
{
    private readonly Scheduler _scheduler;
    private KernelThread? _latestOwner;
    private bool _isOwned;

    private protected KernelLock(Scheduler scheduler, LockKind kind, string name, string? lockClass)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        _scheduler = scheduler;
        Kind = kind;
        Name = name;
        Class = lockClass ?? name;
    }

    /// <summary>The kind, which decides what its holder may do.</summary>
    public LockKind Kind { get; }

    /// <summary>The name of this lock in reports, for example <c>iommu.lock (container 1)</c>.</summary>
    public string Name { get; }

    /// <summary>The name shared by all locks that play the same role, for example <c>iommu.lock</c>.</summary>
    /// <remarks>Kernel: lockdep's lock class.</remarks>
    public string Class { get; }

    /// <summary>Whether the running thread holds this lock in any mode.</summary>
    /// <remarks>Kernel: <c>lockdep_is_held</c>.</remarks>
    public bool IsHeld => _scheduler.Current.Holds(this);

    /// <summary>Whether any thread holds this lock.</summary>
    public bool IsTaken => Owner is not null || Readers > 0;

    /// <summary>The thread that holds the lock exclusively.</summary>
    internal KernelThread? Owner => _isOwned ? _latestOwner : null;

    /// <summary>How many shared holders there are.</summary>
    internal int Readers { get; set; }

    /// <summary>Who holds the lock, for reports: the exclusive holder and where it took the lock, or how many share it.</summary>
    internal string DescribeHolder() => Owner is { } owner ? $"{owner.Name} since {owner.PlaceOf(this)}" : $"{Readers} readers";

    /// <summary>The scheduler that hands this lock out.</summary>
    private protected Scheduler Scheduler => _scheduler;

    /// <inheritdoc/>
    public override string ToString() => Name;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected LockScope Take(LockMode mode, string place)
    {
        _scheduler.Acquire(this, mode, place);
        return new LockScope(this, mode);
    }

    internal void GiveTo(KernelThread owner)
    {
        _isOwned = true;

        // Mostly whoever had it last: a reference that is not stored again costs the garbage collector nothing.
        if (!ReferenceEquals(_latestOwner, owner))
        {
            _latestOwner = owner;
        }
    }

    internal void TakeBack() => _isOwned = false;

    internal void Drop(LockMode mode) => _scheduler.Release(this, mode);
}
