using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>Pages that user space supplies when somebody misses them.</summary>
/// <remarks>Kernel: <c>fs/userfaultfd.c</c>, missing mode only.</remarks>
internal sealed class Userfaults(AddressSpace mm)
{
    private readonly WaitQueue _supplied = new(mm.Kernel.Scheduler, $"a page that user space supplies to {mm.Name}", endsWithUserSpace: true);

    public Errno Register(UserRange range)
    {
        if (!MemoryCalls.IsWholePages(range))
        {
            return Errno.EINVAL;
        }

        using LockScope writing = mm.MmapLock.HoldWrite();
        if (!mm.Areas.Covers(range))
        {
            return Errno.EINVAL;
        }

        mm.HugePages.SplitAtEdges(range);
        mm.Areas.SplitAt(range);
        for (int i = mm.Areas.IndexFrom(range.First); i < mm.Areas.Count && mm.Areas[i].Range.First <= range.Last; i++)
        {
            if (mm.Areas[i].Kind != VmaKind.Anonymous)
            {
                return Errno.EINVAL;
            }

            mm.Areas[i].IsUserfaultMissing = true;
        }

        mm.Areas.JoinAround(range);
        return Errno.None;
    }

    /// <summary>Raises the fault and waits until there is a page or nobody is to supply it any more.</summary>
    /// <remarks>Kernel: <c>handle_userfault</c>.</remarks>
    /// <returns>EINTR if the thread is killed.</returns>
    public Errno Wait(UserAddress page)
    {
        mm.Kernel.Step(TraceLayer.Mm, "handle_userfault", string.Empty, null, $"{page} of {mm.Name} must come from user space");
        mm.RaiseUserfault(page);
        return _supplied.WaitKillable(() => !IsMissing(page)) == WaitOutcome.Woken ? Errno.None : Errno.EINTR;
    }

    public Errno Complete(UserAddress page, ReadOnlySpan<byte> data)
    {
        Invariant.Hold((ulong)data.Length <= Page.Size, "one page is supplied at a time");
        using LockScope reading = mm.MmapLock.HoldRead();
        Vma? area = mm.Areas.Find(page);
        if (area is null || !area.IsUserfaultMissing)
        {
            return Errno.ENOENT;
        }

        if (!IsMissing(page))
        {
            return Errno.EEXIST;
        }

        ulong[]? leaf = mm.Table.EnsureLeaf(page.Value);
        if (leaf is null || !mm.Memory.PrivatePages.AllocateByReclaim(FrameUse.Anonymous).TryGet(out Pfn frame, out _))
        {
            return Errno.ENOMEM;
        }

        mm.Memory.Write(frame.Address, data);
        area.HasAnonymousPages = true;
        using (mm.PageTableLock.Hold())
        {
            leaf[PageTable.IndexOf(page.Value)] = PageTableEntry.OfPage(frame, area.Access, area.IsWritable) | PageTableEntry.Dirty;
        }

        mm.Memory.PrivatePages.Mapped(frame, mm.Reclaim, page);

        _supplied.WakeAll();
        return Errno.None;
    }

    /// <remarks>Kernel: <c>mfill_zeropage_pte</c>: the zero page itself is mapped, and the first write replaces it.</remarks>
    public Errno CompleteWithZeros(UserAddress page)
    {
        using LockScope reading = mm.MmapLock.HoldRead();
        Vma? area = mm.Areas.Find(page);
        if (area is null || !area.IsUserfaultMissing)
        {
            return Errno.ENOENT;
        }

        if (!IsMissing(page))
        {
            return Errno.EEXIST;
        }

        if (mm.Table.EnsureLeaf(page.Value) is not { } leaf)
        {
            return Errno.ENOMEM;
        }

        using (mm.PageTableLock.Hold())
        {
            leaf[PageTable.IndexOf(page.Value)] = PageTableEntry.OfPage(mm.Memory.ZeroPage, area.Access, writable: false, special: true);
        }

        _supplied.WakeAll();
        return Errno.None;
    }

    private bool IsMissing(UserAddress page) =>
        mm.Areas.Find(page) is { IsUserfaultMissing: true } && mm.Table.EntryOf(page.Value) == PageTableEntry.None;
}
