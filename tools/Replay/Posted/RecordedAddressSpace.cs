using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.Replay.Posted;

/// <summary>The address space of the recorder: pages without tables, pinned page by page, watched by notifiers.</summary>
internal sealed class RecordedAddressSpace(HostKernel kernel, RecordedMemory memory, RecordedKnobs knobs, RecordedCalls calls, string name)
    : AddressSpace(kernel, memory, name)
{
    private const int LockupTurns = 8;
    private readonly HostKernel _kernel = kernel;
    private readonly List<MmuNotifier> _notifiers = [];
    private long _lockedVm;

    /// <summary>The pages, by page number.</summary>
    public SortedDictionary<ulong, RecordedPage> Pages { get; } = [];

    /// <summary>How many references there are on the structure.</summary>
    public int References { get; private set; } = 1;

    /// <summary>How many notifiers are registered.</summary>
    public int NotifierCount => _notifiers.Count;

    /// <summary>Whether the list of notifiers leads back to itself.</summary>
    public bool IsLooped { get; private set; }

    /// <summary>Whether the process has exited.</summary>
    public bool HasExited { get; set; }

    /// <inheritdoc/>
    public override long LockedVm => _lockedVm;

    /// <inheritdoc/>
    public override bool IsAlive => !HasExited;

    /// <inheritdoc/>
    public override Errno AccountLocked(long pages)
    {
        if (!IsAlive)
        {
            return Errno.ESRCH;
        }

        if (_kernel.Scheduler.Current.HasFatalSignal)
        {
            return Errno.EINTR;
        }

        _lockedVm += pages;
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno RegisterNotifier(MmuNotifier notifier)
    {
        if (knobs.FailsNotifier)
        {
            knobs.FailsNotifier = false;
            return Errno.ENOMEM;
        }

        IsLooped |= _notifiers.Contains(notifier);
        if (!IsLooped)
        {
            _notifiers.Insert(0, notifier);
        }

        // One reference of the registration, one of whoever keeps the pointer to unregister later.
        References += 2;
        return Errno.None;
    }

    /// <inheritdoc/>
    public override void UnregisterNotifier(MmuNotifier notifier)
    {
        References -= 2;
        if (!IsLooped && _notifiers.Remove(notifier))
        {
            notifier.Release(this);
        }
    }

    /// <inheritdoc/>
    public override Result<int> PinPages(UserAddress first, int count, PinFlags flags, Span<Pfn> frames)
    {
        bool isWrite = (flags & PinFlags.Write) != 0;
        ulong page = first.Value >> Page.Shift;
        int got = 0;
        while (got < count && Obtain(page + (ulong)got, isWrite) is { } frame)
        {
            frames[got++] = new Pfn(frame);
            memory.Hold(frame);
        }

        calls.Add("gup", page, count, isWrite ? "W" : "R", got == 0 ? -1 : got);
        return got == 0 ? Errno.EFAULT : got;
    }

    /// <inheritdoc/>
    public override Result<Pfn> FollowPfn(UserAddress address, bool write) =>
        Pages.TryGetValue(address.Value >> Page.Shift, out RecordedPage? page) && page is { IsDeviceMemory: true, Frame: { } frame }
        && (!write || (page.Access & MemoryAccess.Write) != 0)
            ? new Pfn(frame)
            : Errno.EFAULT;

    /// <summary>Calls every notifier for a range.</summary>
    /// <param name="range">The addresses, to the byte.</param>
    public void Invalidate(UserRange range)
    {
        for (int turn = 0; IsLooped && turn < LockupTurns; turn++)
        {
            _notifiers[0].InvalidateRange(this, range);
        }

        if (IsLooped)
        {
            throw new DeadlockException("soft lockup: mmu notifier list loops on itself") { Promise = "R1" };
        }

        foreach (MmuNotifier notifier in _notifiers.ToArray())
        {
            notifier.InvalidateRange(this, range);
        }
    }

    /// <summary>The process exits.</summary>
    public void Leave()
    {
        foreach (MmuNotifier notifier in _notifiers)
        {
            notifier.Release(this);
        }

        _notifiers.Clear();
        Pages.Clear();
        References--;
        HasExited = true;
    }

    /// <summary>The CPU faults a page in.</summary>
    /// <param name="page">The page number.</param>
    public void Touch(ulong page)
    {
        if (Pages.TryGetValue(page, out RecordedPage? there) && there.Frame is null)
        {
            Pages[page] = there with { Frame = memory.Take() };
        }
    }

    private ulong? Obtain(ulong page, bool isWrite)
    {
        MemoryAccess needed = isWrite ? MemoryAccess.Write : MemoryAccess.Read;
        if (!Pages.TryGetValue(page, out RecordedPage? there) || there.Fails || there.IsDeviceMemory || (there.Access & needed) != needed)
        {
            return null;
        }

        if (there.Frame is { } old && there.IsCow && isWrite)
        {
            ulong copy = memory.Take();
            calls.Add("cow", page, old, copy);
            Invalidate(UserRange.OfPages(new UserAddress(page << Page.Shift), 1));
            Pages[page] = there = there with { Frame = copy, IsCow = false };
        }

        Touch(page);
        return Pages[page].Frame;
    }
}
