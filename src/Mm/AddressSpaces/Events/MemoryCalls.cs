using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>The system calls that change memory areas.</summary>
/// <remarks>Kernel: <c>mm/mmap.c</c>, <c>mm/mprotect.c</c>, <c>mm/mremap.c</c>. All run under the mmap write lock.</remarks>
internal sealed class MemoryCalls(AddressSpace mm)
{
    // mprotect announces what it changes once per upper table that holds something.
    private const ulong AnnouncedSpan = PageTable.LeafSpan * PageTable.EntryCount;

    public static bool IsWholePages(UserRange range) => range.First.IsPageAligned && Page.IsAligned(range.Length);

    public static void DropAllRmapLocks(List<KernelMutex> locks)
    {
        for (int i = locks.Count - 1; i >= 0; i--)
        {
            locks[i].Unlock();
        }
    }

    public Errno Map(UserRange range, MemoryAccess access, VmaKind kind, Pfn firstFrame)
    {
        if (!IsWholePages(range))
        {
            return Errno.EINVAL;
        }

        if (range.Last.Value > AddressSpace.LastUserAddress)
        {
            return Errno.ENOMEM;
        }

        using LockScope writing = mm.MmapLock.HoldWrite();
        if (!mm.IsAlive)
        {
            return Errno.ESRCH;
        }

        if (mm.Areas.Overlaps(range))
        {
            return Errno.EEXIST;
        }

        SharedObject? shared = kind is VmaKind.Shared or VmaKind.DirectAccess ? new SharedObject(mm.Kernel, mm.Memory) : null;
        shared?.AddMapper(mm);
        mm.Areas.Add(new Vma(range, access, kind) { FirstFrame = firstFrame, Shared = shared });
        return Errno.None;
    }

    public Errno Unmap(UserRange range)
    {
        if (!IsWholePages(range))
        {
            return Errno.EINVAL;
        }

        using LockScope writing = mm.MmapLock.HoldWrite();
        mm.Kernel.Step(TraceLayer.User, "munmap", string.Empty, null, $"{range} of {mm.Name}");
        UnmapLocked(range);
        return Errno.None;
    }

    public Errno Protect(UserRange range, MemoryAccess access)
    {
        if (!IsWholePages(range))
        {
            return Errno.EINVAL;
        }

        using LockScope writing = mm.MmapLock.HoldWrite();
        mm.Kernel.Step(TraceLayer.User, "mprotect", string.Empty, null, $"{range} of {mm.Name}, {access}");
        if (!mm.Areas.Covers(range))
        {
            return Errno.ENOMEM;
        }

        mm.HugePages.SplitAtEdges(range);
        mm.Areas.SplitAt(range);
        for (int i = mm.Areas.IndexFrom(range.First); i < mm.Areas.Count && mm.Areas[i].Range.First <= range.Last; i++)
        {
            Vma area = mm.Areas[i];
            area.Access = access;
            ChangeProtection(area, area.Range, isHint: false);
        }

        mm.Areas.JoinAround(range);
        return Errno.None;
    }

    public void HintNuma(UserRange range)
    {
        using LockScope reading = mm.MmapLock.HoldRead();
        for (int i = mm.Areas.IndexFrom(range.First); i < mm.Areas.Count && mm.Areas[i].Range.First <= range.Last; i++)
        {
            ChangeProtection(mm.Areas[i], mm.Areas[i].Range.Intersect(range)!.Value, isHint: true);
        }
    }

    public Errno Move(UserRange range, UserAddress target)
    {
        if (!IsWholePages(range) || !target.IsPageAligned || target.Value > AddressSpace.LastUserAddress - (range.Length - 1))
        {
            return Errno.EINVAL;
        }

        UserRange moved = UserRange.OfLength(target, range.Length);
        if (moved.Overlaps(range))
        {
            return Errno.EINVAL;
        }

        using LockScope writing = mm.MmapLock.HoldWrite();
        mm.Kernel.Step(TraceLayer.User, "mremap", string.Empty, null, $"{range} of {mm.Name} to {target}");
        Vma? area = mm.Areas.Find(range.First);
        if (area is null || !area.Range.Contains(range))
        {
            return Errno.EFAULT;
        }

        if (mm.Areas.Overlaps(moved))
        {
            return Errno.EEXIST;
        }

        if (!EnsureTargetTables(range, moved))
        {
            return Errno.ENOMEM;
        }

        mm.Areas.Add(area.Part(range, target));
        MoveEntries(range, moved);
        UnmapLocked(range);
        return Errno.None;
    }

    /// <summary>Takes the locks of everybody who could look at a page of the address space from the page's side.</summary>
    /// <remarks>Kernel: <c>mm_take_all_locks</c>.</remarks>
    public List<KernelMutex> TakeAllRmapLocks()
    {
        List<KernelMutex> locks = [];
        for (int i = 0; i < mm.Areas.Count; i++)
        {
            if (mm.Areas[i].Shared is { } shared && !locks.Contains(shared.MappersLock))
            {
                shared.MappersLock.Lock();
                locks.Add(shared.MappersLock);
            }
        }

        mm.RmapLock.Lock();
        locks.Add(mm.RmapLock);
        return locks;
    }

    /// <remarks>Kernel: <c>__do_munmap</c>, <c>unmap_region</c>; the write lock is kept to the end.</remarks>
    private void UnmapLocked(UserRange range)
    {
        if (!mm.Areas.Overlaps(range))
        {
            return;
        }

        mm.HugePages.SplitAtEdges(range);
        mm.Areas.SplitAt(range);
        List<Vma> areas = [];
        for (int i = mm.Areas.IndexFrom(range.First); i < mm.Areas.Count && mm.Areas[i].Range.First <= range.Last; i++)
        {
            areas.Add(mm.Areas[i]);
        }

        mm.Areas.Remove(range);
        TlbGather gather = TlbGather.Begin(mm);
        InvalidationRange announced = new(range, InvalidationReason.Unmap, IsBlockable: true);
        mm.Notifiers.Start(in announced);
        foreach (Vma area in areas)
        {
            mm.Zapping.Zap(area, area.Range, gather);
        }

        mm.Notifiers.End(in announced);
        mm.Table.UnhookEmpty(range, gather);
        gather.Finish();
        foreach (Vma area in areas)
        {
            ForgetShared(area.Shared);
        }
    }

    private void ForgetShared(SharedObject? shared)
    {
        for (int i = 0; i < mm.Areas.Count; i++)
        {
            if (ReferenceEquals(mm.Areas[i].Shared, shared))
            {
                return;
            }
        }

        shared?.RemoveMapper(mm);
    }

    /// <remarks>Kernel: <c>change_protection</c>; the notifiers hear of it only where a table holds something (<c>change_pmd_range</c>).</remarks>
    private void ChangeProtection(Vma area, UserRange range, bool isHint)
    {
        ulong at = range.First.Value;
        while (true)
        {
            ulong lastOfSpan = Math.Min(at | (AnnouncedSpan - 1), range.Last.Value);
            ChangeProtectionInSpan(area, at, lastOfSpan, isHint);
            if (lastOfSpan == range.Last.Value)
            {
                return;
            }

            at = lastOfSpan + 1;
        }
    }

    private void ChangeProtectionInSpan(Vma area, ulong at, ulong lastOfSpan, bool isHint)
    {
        InvalidationRange? announced = null;
        while (true)
        {
            ulong[]? leaf = mm.Table.FindLeaf(at, out ulong last);
            last = Math.Min(last, lastOfSpan);
            if (leaf is not null)
            {
                if (announced is null)
                {
                    announced = new InvalidationRange(
                        new UserRange(new UserAddress(at), new UserAddress(lastOfSpan)), InvalidationReason.ProtectionVma, IsBlockable: true);
                    mm.Notifiers.Start(announced.Value);
                }

                mm.HugePages.OpenFor(new UserRange(new UserAddress(at), new UserAddress(last)));

                ChangeLeaf(area, leaf, at, last, isHint);
            }

            if (last == lastOfSpan)
            {
                break;
            }

            at = last + 1;
        }

        if (announced is not null)
        {
            mm.Notifiers.End(announced.Value);
        }
    }

    private void ChangeLeaf(Vma area, ulong[] leaf, ulong first, ulong last, bool isHint)
    {
        using LockScope atomic = mm.PageTableLock.Hold();
        foreach (ref ulong slot in leaf.AsSpan(PageTable.IndexOf(first)..(PageTable.IndexOf(last) + 1)))
        {
            if (isHint)
            {
                bool isOwnPage = PageTableEntry.IsValid(slot) && !PageTableEntry.IsSpecial(slot);
                slot = isOwnPage ? PageTableEntry.Forbid(slot) : slot;
            }
            else if (PageTableEntry.IsPresent(slot))
            {
                slot = PageTableEntry.WithAccess(slot, area.Access);
            }
            else if (PageTableEntry.IsMigrating(slot))
            {
                slot = PageTableEntry.OfMigration(PageTableEntry.WithAccess(slot, area.Access));
            }
        }
    }

    private bool EnsureTargetTables(UserRange range, UserRange moved)
    {
        for (ulong offset = 0; offset < range.Length; offset += Page.Size)
        {
            if (mm.Table.EntryOf(range.First.Value + offset) != PageTableEntry.None
                && mm.Table.EnsureLeaf(moved.First.Value + offset) is null)
            {
                return false;
            }
        }

        return true;
    }

    /// <remarks>Kernel: <c>move_page_tables</c>.</remarks>
    private void MoveEntries(UserRange range, UserRange moved)
    {
        InvalidationRange announced = new(range, InvalidationReason.Unmap, IsBlockable: true);
        mm.Notifiers.Start(in announced);
        mm.HugePages.OpenFor(range);
        ulong at = range.First.Value;
        while (at < range.Last.Value)
        {
            ulong[]? leaf = mm.Table.FindLeaf(at, out ulong last);
            last = Math.Min(last, range.Last.Value);
            if (leaf is not null)
            {
                MoveLeaf(leaf, at, last, moved.First.Value - range.First.Value);
            }

            at = last + 1;
        }

        mm.Notifiers.End(in announced);
    }

    /// <remarks>Kernel: <c>move_ptes</c>.</remarks>
    private void MoveLeaf(ulong[] leaf, ulong first, ulong last, ulong distance)
    {
        TlbGather gather = TlbGather.Begin(mm);
        using LockScope atomic = mm.PageTableLock.Hold();
        for (ulong at = first; at <= last; at += Page.Size)
        {
            ref ulong slot = ref leaf[PageTable.IndexOf(at)];
            if (slot != PageTableEntry.None)
            {
                ulong target = unchecked(at + distance);
                mm.Table.FindLeaf(target)![PageTable.IndexOf(target)] = slot;
                if (PageTableEntry.IsPresent(slot))
                {
                    gather.AddCleared(new UserAddress(at));
                    mm.Memory.PrivatePages.Mapped(PageTableEntry.FrameOf(slot), mm.Reclaim, new UserAddress(target));
                }

                slot = PageTableEntry.None;
            }
        }

        // Only entries moved, no frame: this is the flush of the TLBs under the lock.
        gather.Finish();
    }
}
