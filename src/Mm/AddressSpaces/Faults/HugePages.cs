using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>Private memory mapped 2 MiB at a time, by one entry of the table above the leaf tables.</summary>
/// <remarks>
/// Kernel: <c>mm/huge_memory.c</c>, <c>mm/khugepaged.c</c>. Every frame is counted for itself. An event that changes all pages of a huge
/// page finds 512 small ones from then on, of which nobody hears; one that changes a part of them splits it first.
/// </remarks>
public sealed class HugePages
{
    /// <summary>How many bytes a huge page has.</summary>
    public const ulong Size = PageTable.LeafSpan;

    private readonly AddressSpace _mm;

    internal HugePages(AddressSpace mm) => _mm = mm;

    /// <summary>Whether a huge page is mapped at an address.</summary>
    /// <param name="address">Any address.</param>
    /// <returns>Whether it is.</returns>
    public bool IsMapped(UserAddress address) => _mm.Table.IsBlock(address.Value);

    /// <summary>Maps the same memory by 512 entries; nothing happens where no huge page is mapped.</summary>
    /// <remarks>Kernel: <c>__split_huge_pmd</c>. Device TLBs are told to forget only the page of zeros, which small ones replace.</remarks>
    /// <param name="address">An address in the huge page.</param>
    public void Split(UserAddress address)
    {
        if (!IsMapped(address))
        {
            return;
        }

        UserRange whole = WholeOf(address);
        InvalidationRange range = new(whole, InvalidationReason.Clear, IsBlockable: true);
        _mm.Kernel.Step(TraceLayer.Mm, "__split_huge_pmd", string.Empty, null, $"{whole} of {_mm.Name}");
        _mm.Notifiers.Start(in range);
        using (_mm.PageTableLock.Hold())
        {
            if (IsMapped(address))
            {
                SplitLocked(whole);
            }
        }

        _mm.Notifiers.OnlyEnd(in range);
    }

    /// <summary>Gathers the small pages of an aligned 2 MiB into a huge one.</summary>
    /// <remarks>Kernel: <c>collapse_huge_page</c>. The copy is made after every translation of the small pages is gone.</remarks>
    /// <param name="address">An address in the 2 MiB.</param>
    /// <returns>EINVAL if huge pages are not wanted there or it is one; ENOENT if no page was ever mapped; EBUSY if one is shared,
    /// pinned, swapped out or otherwise not just mapped; ENOMEM.</returns>
    public Errno Collapse(UserAddress address)
    {
        UserRange whole = WholeOf(address);
        if (!_mm.Memory.AllocateContiguous(FrameUse.Anonymous, PageTable.EntryCount).TryGet(out Pfn frames, out Errno error))
        {
            return error;
        }

        using (_mm.MmapLock.HoldWrite())
        {
            error = CollapseLocked(whole, frames);
        }

        if (error != Errno.None)
        {
            PutAll(frames);
        }

        return error;
    }

    /// <summary>Notes that huge pages are wanted.</summary>
    /// <remarks>Kernel: <c>hugepage_madvise</c>.</remarks>
    internal Errno WantIn(UserRange range)
    {
        using LockScope writing = _mm.MmapLock.HoldWrite();
        _mm.Areas.SplitAt(range);
        Errno result = _mm.Areas.Covers(range) ? Errno.None : Errno.ENOMEM;
        for (int i = _mm.Areas.IndexFrom(range.First); i < _mm.Areas.Count && _mm.Areas[i].Range.First <= range.Last; i++)
        {
            if (_mm.Areas[i].Kind != VmaKind.Anonymous)
            {
                result = Errno.EINVAL;
                break;
            }

            _mm.Areas[i].WantsHugePages = true;
        }

        _mm.Areas.JoinAround(range);
        return result;
    }

    /// <summary>Maps a missing huge page: zeros for a read, memory of its own for a write.</summary>
    /// <remarks>Kernel: <c>do_huge_pmd_anonymous_page</c>.</remarks>
    /// <returns>Whether it did; otherwise a small page is to be mapped.</returns>
    internal bool TryMap(Vma area, UserAddress page, bool write)
    {
        UserRange whole = WholeOf(page);
        if (area.IsUserfaultMissing || !area.Range.Contains(whole) || !_mm.Table.IsFreeForBlock(page.Value)
            || !_mm.Memory.Allocate(FrameUse.PageTable).TryGet(out Pfn deposit, out _))
        {
            return false;
        }

        Pfn frames = default;
        if (write && !_mm.Memory.AllocateContiguous(FrameUse.Anonymous, PageTable.EntryCount).TryGet(out frames, out _))
        {
            _mm.Memory.Put(deposit);
            return false;
        }

        frames = write ? frames : _mm.Memory.HugeZeroFrames();
        _mm.Kernel.Step(TraceLayer.Mm, "do_huge_pmd_anonymous_page", string.Empty, null, $"{whole} of {_mm.Name} gets {frames}");
        area.HasAnonymousPages |= write;
        Fill(_mm.Memory.Materialize(deposit), frames, area.Access, write);
        using (_mm.PageTableLock.Hold())
        {
            _mm.Table.MapBlock(page.Value, deposit);
        }

        NoteMapped(whole, frames, write);
        return true;
    }

    /// <summary>Makes way for an event that changes entries of a range.</summary>
    internal void OpenFor(UserRange range)
    {
        ulong at = range.First.Value & ~(Size - 1);
        while (_mm.Table.HasBlocks && at <= range.Last.Value)
        {
            _mm.Table.FindLeaf(at, out ulong last);
            if (IsMapped(new UserAddress(at)))
            {
                Open(range, WholeOf(new UserAddress(at)));
            }

            at = last + 1;
        }
    }

    /// <summary>Splits the huge pages that reach across either end of a range, because their area is about to be cut there.</summary>
    /// <remarks>Kernel: <c>vma_adjust_trans_huge</c>.</remarks>
    internal void SplitAtEdges(UserRange range)
    {
        if ((range.First.Value & (Size - 1)) != 0)
        {
            Split(range.First);
        }

        if ((range.Last.Value & (Size - 1)) != Size - 1)
        {
            Split(range.Last);
        }
    }

    private static UserRange WholeOf(UserAddress address) => UserRange.OfLength(new UserAddress(address.Value & ~(Size - 1)), Size);

    private static void Fill(ulong[] leaf, Pfn frames, MemoryAccess access, bool isOwn)
    {
        for (int i = 0; i < leaf.Length; i++)
        {
            ulong entry = PageTableEntry.OfPage(frames.Plus((ulong)i), access, writable: isOwn, special: !isOwn);
            leaf[i] = isOwn ? entry | PageTableEntry.Dirty : entry;
        }
    }

    private void Open(UserRange range, UserRange whole)
    {
        if (!range.Contains(whole))
        {
            Split(whole.First);
            return;
        }

        using LockScope atomic = _mm.PageTableLock.Hold();
        _mm.Table.SplitBlock(whole.First.Value);
    }

    private void SplitLocked(UserRange whole)
    {
        ulong[] leaf = _mm.Table.FindLeaf(whole.First.Value)!;
        if (PageTableEntry.IsSpecial(leaf[0]))
        {
            _mm.Notifiers.InvalidateRange(whole);
            foreach (ref ulong entry in leaf.AsSpan())
            {
                entry = PageTableEntry.AfterMigration(entry, _mm.Memory.ZeroPage);
            }
        }

        _mm.Table.SplitBlock(whole.First.Value);
    }

    private Errno CollapseLocked(UserRange whole, Pfn frames)
    {
        Vma? area = _mm.Areas.Find(whole.First);
        if (area is not { WantsHugePages: true, IsUserfaultMissing: false } || !area.Range.Contains(whole) || IsMapped(whole.First))
        {
            return Errno.EINVAL;
        }

        if (_mm.Table.FindLeaf(whole.First.Value) is not { } leaf)
        {
            return Errno.ENOENT;
        }

        if (!CanGather(leaf))
        {
            return Errno.EBUSY;
        }

        _mm.Kernel.Step(TraceLayer.Mm, "collapse_huge_page", string.Empty, null, $"{whole} of {_mm.Name} moves to {frames}");
        using LockScope rmap = _mm.RmapLock.Hold();
        InvalidationRange range = new(whole, InvalidationReason.Clear, IsBlockable: true);
        _mm.Notifiers.Start(in range);
        Pfn deposit;
        using (_mm.PageTableLock.Hold())
        {
            deposit = _mm.Table.Unhook(whole.First.Value);
        }

        _mm.Notifiers.End(in range);
        using LockScope atomic = _mm.PageTableLock.Hold();
        if (!CanGather(leaf))
        {
            // Somebody took a page between the first look and the flush.
            _mm.Table.Hook(whole.First.Value, deposit);
            return Errno.EBUSY;
        }

        Gather(leaf, frames);
        Fill(leaf, frames, area.Access, isOwn: true);
        _mm.Table.MapBlock(whole.First.Value, deposit);
        area.HasAnonymousPages = true;
        NoteMapped(whole, frames, isOwn: true);
        return Errno.None;
    }

    /// <remarks>Kernel: <c>__collapse_huge_page_isolate</c>.</remarks>
    private bool CanGather(ulong[] leaf)
    {
        foreach (ulong entry in leaf)
        {
            bool isGathered = entry == PageTableEntry.None
                || (PageTableEntry.IsValid(entry)
                    && (PageTableEntry.IsSpecial(entry) || _mm.Memory.ReferenceCountOf(PageTableEntry.FrameOf(entry)) == 1));
            if (!isGathered)
            {
                return false;
            }
        }

        return true;
    }

    /// <remarks>Kernel: <c>__collapse_huge_page_copy</c>.</remarks>
    private void Gather(ulong[] leaf, Pfn frames)
    {
        for (int i = 0; i < leaf.Length; i++)
        {
            if (leaf[i] != PageTableEntry.None && !PageTableEntry.IsSpecial(leaf[i]))
            {
                _mm.Memory.CopyFrame(PageTableEntry.FrameOf(leaf[i]), frames.Plus((ulong)i));
                _mm.Memory.Put(PageTableEntry.FrameOf(leaf[i]));
            }
        }
    }

    private void NoteMapped(UserRange whole, Pfn frames, bool isOwn)
    {
        for (ulong i = 0; isOwn && i < PageTable.EntryCount; i++)
        {
            _mm.Memory.PrivatePages.Mapped(frames.Plus(i), _mm.Reclaim, whole.First.PlusPages(i));
        }
    }

    private void PutAll(Pfn frames)
    {
        for (ulong i = 0; i < PageTable.EntryCount; i++)
        {
            _mm.Memory.Put(frames.Plus(i));
        }
    }
}
