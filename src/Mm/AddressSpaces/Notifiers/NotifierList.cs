using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>The notifiers hooked to one address space, newest first.</summary>
/// <remarks>
/// Kernel: <c>struct mmu_notifier_subscriptions</c>. Running callers keep what they saw: a newcomer goes before it, and for one who leaves the array is replaced.
/// </remarks>
internal sealed class NotifierList(HostKernel kernel, AddressSpace mm)
{
    private readonly Srcu _srcu = new(kernel.Scheduler, "mmu notifier srcu");
    private readonly string _name = $"mmu notifiers of {mm.Name}";

    // A process may have thousands of containers: to hook one more, no other is looked at or moved.
    private readonly HashSet<MmuNotifier> _members = [];
    private MmuNotifier[] _places = [];
    private int _newest;
    private bool _isLooped;

    public bool IsEmpty => Hooked.IsEmpty;

    // Looked at without any lock.
    private ReadOnlySpan<MmuNotifier> Hooked
    {
        get
        {
            kernel.Scheduler.Touch(_name, writes: false);
            return _places.AsSpan(_newest);
        }
    }

    public bool Contains(MmuNotifier notifier)
    {
        kernel.Scheduler.Touch(_name, writes: false);
        return _members.Contains(notifier);
    }

    public void Hook(MmuNotifier notifier)
    {
        // A second registration of one node makes the list lead back to itself; only the posted code does that.
        bool isHooked = Contains(notifier);
        Invariant.Hold(!isHooked || !kernel.Errata.IsEmpty, "a notifier is registered once");
        kernel.Scheduler.Touch(_name, writes: true);
        _isLooped |= isHooked;
        if (!_isLooped)
        {
            Put(notifier);
        }
    }

    /// <summary>Releases a notifier if it is still hooked, unhooks it, and waits for every callback that is running.</summary>
    /// <remarks>Kernel: <c>mmu_notifier_unregister</c>.</remarks>
    public void Unhook(MmuNotifier notifier)
    {
        if (Contains(notifier) && !_isLooped)
        {
            using (_srcu.HoldRead())
            {
                notifier.Release(mm);
            }

            kernel.Scheduler.Touch(_name, writes: true);
            _places = [.. _places.Skip(_newest).Where(other => !ReferenceEquals(other, notifier))];
            _newest = 0;
            _members.Remove(notifier);
        }

        _srcu.Synchronize();
    }

    /// <summary>Tells everybody that the address space is gone, and unhooks them.</summary>
    /// <remarks>Kernel: <c>__mmu_notifier_release</c>.</remarks>
    public void Release()
    {
        if (IsEmpty)
        {
            return;
        }

        kernel.Step(TraceLayer.Mm, "mmu_notifier_release", string.Empty, null, $"{mm.Name} is gone, {Hooked.Length} notifiers");
        using (_srcu.HoldRead())
        {
            foreach (MmuNotifier notifier in Hooked)
            {
                notifier.Release(mm);
            }

            kernel.Scheduler.Touch(_name, writes: true);
            (_places, _newest) = ([], 0);
            _members.Clear();
        }

        _srcu.Synchronize();
    }

    /// <summary>Announces that the entries of a range will change.</summary>
    /// <remarks>Kernel: <c>mmu_notifier_invalidate_range_start</c>.</remarks>
    /// <returns>EAGAIN if the range is not blockable and somebody had to block; nobody may change anything then, and no end call follows.</returns>
    public Errno Start(in InvalidationRange range)
    {
        if (IsEmpty)
        {
            return Errno.None;
        }

        RequireEnd();
        kernel.Step(
            TraceLayer.Mm, "mmu_notifier_invalidate_range_start", string.Empty, null, $"{range.Range} of {mm.Name}, {range.Reason}");
        using LockScope reading = _srcu.HoldRead();
        ReadOnlySpan<MmuNotifier> hooked = Hooked;
        Errno result = Errno.None;
        List<MmuNotifier>? refused = null;
        foreach (MmuNotifier notifier in hooked)
        {
            Errno answer = Ask(notifier, in range);
            if (answer != Errno.None)
            {
                Invariant.Hold(!range.IsBlockable && answer == Errno.EAGAIN, "only a range that is not blockable is refused, and with EAGAIN");
                result = answer;
                (refused ??= []).Add(notifier);
            }
        }

        if (refused is not null)
        {
            EndForTheOthers(hooked, refused, in range);
        }

        return result;
    }

    /// <summary>Tells that the entries of a range have changed, after TLBs that share the table were told to forget them.</summary>
    /// <remarks>Kernel: <c>mmu_notifier_invalidate_range_end</c>.</remarks>
    public void End(in InvalidationRange range) => End(in range, onlyEnd: false);

    /// <summary>Like <see cref="End(in InvalidationRange)"/>, for those who called <see cref="InvalidateRange"/> already.</summary>
    /// <remarks>Kernel: <c>mmu_notifier_invalidate_range_only_end</c>.</remarks>
    public void OnlyEnd(in InvalidationRange range) => End(in range, onlyEnd: true);

    /// <summary>Has TLBs that share the page table forget a range.</summary>
    /// <remarks>Kernel: <c>mmu_notifier_invalidate_range</c>.</remarks>
    public void InvalidateRange(UserRange range)
    {
        if (IsEmpty)
        {
            return;
        }

        kernel.Step(TraceLayer.Mm, "mmu_notifier_invalidate_range", string.Empty, null, $"{range} of {mm.Name}");
        using LockScope reading = _srcu.HoldRead();
        foreach (MmuNotifier notifier in Hooked)
        {
            notifier.InvalidateRange(mm, range);
        }
    }

    /// <summary>Tells which frame an entry will hold.</summary>
    /// <remarks>Kernel: <c>mmu_notifier_change_pte</c>.</remarks>
    public void ChangePte(UserAddress page, Pfn frame)
    {
        if (IsEmpty)
        {
            return;
        }

        using LockScope reading = _srcu.HoldRead();
        foreach (MmuNotifier notifier in Hooked)
        {
            notifier.ChangePte(mm, page, frame);
        }
    }

    private void Put(MmuNotifier notifier)
    {
        if (_newest == 0)
        {
            MmuNotifier[] larger = new MmuNotifier[Math.Max(1, _places.Length * 2)];
            _newest = larger.Length - _places.Length;
            _places.CopyTo(larger, _newest);
            _places = larger;
        }

        _places[--_newest] = notifier;
        _members.Add(notifier);
    }

    private void RequireEnd()
    {
        if (_isLooped)
        {
            throw new DeadlockException("soft lockup: mmu notifier list loops on itself") { Promise = "R1" };
        }
    }

    private Errno Ask(MmuNotifier notifier, in InvalidationRange range)
    {
        KernelThread caller = kernel.Scheduler.Current;
        bool wasNonBlockable = caller.IsNonBlockable;
        caller.IsNonBlockable |= !range.IsBlockable;
        Errno answer = notifier.InvalidateRangeStart(mm, in range);
        caller.IsNonBlockable = wasNonBlockable;
        return answer;
    }

    private void End(in InvalidationRange range, bool onlyEnd)
    {
        if (IsEmpty)
        {
            return;
        }

        kernel.Step(TraceLayer.Mm, "mmu_notifier_invalidate_range_end", string.Empty, null, $"{range.Range} of {mm.Name}");
        using LockScope reading = _srcu.HoldRead();
        foreach (MmuNotifier notifier in Hooked)
        {
            if (!onlyEnd)
            {
                notifier.InvalidateRange(mm, range.Range);
            }

            notifier.InvalidateRangeEnd(mm, in range);
        }
    }

    private void EndForTheOthers(ReadOnlySpan<MmuNotifier> hooked, List<MmuNotifier> refused, in InvalidationRange range)
    {
        foreach (MmuNotifier notifier in hooked)
        {
            if (!refused.Contains(notifier))
            {
                notifier.InvalidateRangeEnd(mm, in range);
            }
        }
    }
}
