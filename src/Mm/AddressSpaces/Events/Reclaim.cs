using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>What happens to a page from its own side: swapping out, migration, writeback.</summary>
/// <remarks>Kernel: <c>mm/rmap.c</c>, <c>mm/migrate.c</c>. Runs with the page's rmap lock held and without the mmap lock.</remarks>
internal sealed class Reclaim(AddressSpace mm) : IFrameMapper
{
    /// <remarks>Kernel: <c>try_to_unmap_one</c>, <c>pageout</c>.</remarks>
    public Errno SwapOut(UserAddress page)
    {
        using LockScope rmap = mm.RmapLockOf(mm.Areas.Find(page)).Hold();
        Errno error = FindOwnPage(page, out Vma? area, out Pfn frame);
        if (error != Errno.None)
        {
            return error;
        }

        mm.Kernel.Step(TraceLayer.Mm, "try_to_unmap", string.Empty, null, $"{page} of {mm.Name} gives up {frame}");
        if (area!.Shared is not null)
        {
            return UnmapFromAll(area, page, frame);
        }

        mm.HugePages.Split(page);
        InvalidationRange range = new(UserRange.OfPages(page, 1), InvalidationReason.Clear, IsBlockable: true);
        mm.Notifiers.Start(in range);
        ulong? swapSlot = null;
        bool isGone = false;
        using (mm.PageTableLock.Hold())
        {
            if (IsStillMappedUnpinned(page, frame))
            {
                ref ulong slot = ref SlotOf(page);
                bool isDiscarded = PageTableEntry.IsLazyFree(slot) && !mm.Memory.IsDirty(frame);
                swapSlot = isDiscarded ? null : mm.Memory.Swap.Reserve(frame);
                slot = swapSlot is { } number ? PageTableEntry.OfSwapSlot(number) : PageTableEntry.None;
                mm.Notifiers.InvalidateRange(range.Range);
                isGone = true;
            }
        }

        mm.Notifiers.End(in range);
        if (!isGone)
        {
            return Errno.EBUSY;
        }

        if (swapSlot is { } filled)
        {
            mm.Memory.Swap.Fill(filled, frame);
        }

        mm.Memory.Put(frame);
        return Errno.None;
    }

    /// <remarks>Kernel: <c>unmap_and_move</c>: the copy is made after every mapping was taken away and the notifiers know.</remarks>
    public Errno Migrate(UserAddress page)
    {
        using LockScope rmap = mm.RmapLockOf(mm.Areas.Find(page)).Hold();
        Errno error = FindOwnPage(page, out Vma? area, out Pfn old);
        if (error != Errno.None)
        {
            return error;
        }

        if (!mm.Memory.Allocate(mm.Memory.UseOf(old)).TryGet(out Pfn target, out error))
        {
            return error;
        }

        mm.Kernel.Step(TraceLayer.Mm, "migrate_pages", string.Empty, null, $"{page} of {mm.Name} moves from {old} to {target}");
        List<(AddressSpace Mm, UserAddress Page)> mappings = MappingsOf(area!, page);
        mappings.RemoveAll(mapping => !mapping.Mm.Reclaim.Isolate(mapping.Page, old));
        bool isPinned = mm.Memory.PinCountOf(old) > 0;
        if (!isPinned)
        {
            mm.Memory.CopyFrame(old, target);
            CopyDirty(old, target);
            area!.Shared?.Replace(area.PageIndexOf(page), target);
        }

        Pfn restored = isPinned ? old : target;
        foreach ((AddressSpace mapper, UserAddress mapped) in mappings)
        {
            mapper.Reclaim.Restore(mapped, old, restored);
        }

        if (isPinned || area!.Shared is null)
        {
            mm.Memory.Put(target);
        }

        return isPinned ? Errno.EBUSY : Errno.None;
    }

    /// <remarks>Kernel: <c>page_mkclean_one</c> for every mapping.</remarks>
    public Errno Clean(UserAddress page)
    {
        using LockScope rmap = mm.RmapLockOf(mm.Areas.Find(page)).Hold();
        Vma? area = mm.Areas.Find(page);
        if (area?.Shared is not { } shared || !shared.TryFind(area.PageIndexOf(page), out Pfn frame))
        {
            return Errno.ENOENT;
        }

        foreach ((AddressSpace mapper, UserAddress mapped) in MappingsOf(area, page))
        {
            mapper.Reclaim.CleanMapping(mapped);
        }

        mm.Memory.SetClean(frame);
        return Errno.None;
    }

    /// <summary>Takes one mapping of a page away, leaving an entry that makes others wait.</summary>
    /// <remarks>Kernel: <c>try_to_unmap_one</c> with <c>TTU_MIGRATION</c>.</remarks>
    /// <returns>Whether the page was mapped there; its reference is the caller's now.</returns>
    public bool Isolate(UserAddress page, Pfn frame)
    {
        mm.HugePages.Split(page);
        InvalidationRange range = new(UserRange.OfPages(page, 1), InvalidationReason.Clear, IsBlockable: true);
        mm.Notifiers.Start(in range);
        bool isIsolated;
        using (mm.PageTableLock.Hold())
        {
            isIsolated = IsMapped(page, frame);
            if (isIsolated)
            {
                ref ulong slot = ref SlotOf(page);
                slot = PageTableEntry.OfMigration(slot);
            }
        }

        mm.Notifiers.End(in range);
        return isIsolated;
    }

    /// <summary>Maps the page again, to whichever frame it has now, unless the mapping went away meanwhile.</summary>
    /// <remarks>Kernel: <c>remove_migration_pte</c>.</remarks>
    public void Restore(UserAddress page, Pfn old, Pfn frame)
    {
        using (mm.PageTableLock.Hold())
        {
            if (PageTableEntry.IsMigrating(mm.Table.EntryOf(page.Value)))
            {
                ref ulong slot = ref SlotOf(page);
                slot = PageTableEntry.AfterMigration(slot, frame);
                mm.Memory.Get(frame);
                mm.Memory.PrivatePages.Mapped(frame, this, page);
            }
        }

        mm.Memory.Put(old);
    }

    /// <summary>Makes one mapping of a shared page read-only and clean.</summary>
    public void CleanMapping(UserAddress page)
    {
        InvalidationRange range = new(UserRange.OfPages(page, 1), InvalidationReason.ProtectionPage, IsBlockable: true);
        mm.Notifiers.Start(in range);
        using (mm.PageTableLock.Hold())
        {
            if (PageTableEntry.IsPresent(mm.Table.EntryOf(page.Value)))
            {
                ref ulong slot = ref SlotOf(page);
                slot = (slot | PageTableEntry.ReadOnly) & ~PageTableEntry.Dirty;
            }
        }

        mm.Notifiers.End(in range);
    }

    /// <remarks>Kernel: reclaim of a page of a file: unmapped everywhere; here its page cache always keeps it.</remarks>
    private Errno UnmapFromAll(Vma area, UserAddress page, Pfn frame)
    {
        foreach ((AddressSpace mapper, UserAddress mapped) in MappingsOf(area, page))
        {
            if (mapper.Reclaim.Isolate(mapped, frame))
            {
                mapper.Reclaim.Forget(mapped, frame);
            }
        }

        return Errno.None;
    }

    /// <summary>Removes the entry that <see cref="Isolate"/> left.</summary>
    public void Forget(UserAddress page, Pfn frame)
    {
        using (mm.PageTableLock.Hold())
        {
            if (PageTableEntry.IsMigrating(mm.Table.EntryOf(page.Value)))
            {
                SlotOf(page) = PageTableEntry.None;
            }
        }

        mm.Memory.Put(frame);
    }

    /// <summary>Whether the CPU used the page through this mapping since this was last asked.</summary>
    /// <remarks>Kernel: <c>page_referenced_one</c>. Accesses of devices do not count.</remarks>
    public bool WasUsed(UserAddress page, Pfn frame)
    {
        using LockScope atomic = mm.PageTableLock.Hold();
        if (!IsMapped(page, frame))
        {
            return false;
        }

        ref ulong slot = ref SlotOf(page);
        bool wasUsed = (slot & PageTableEntry.Unused) == 0;
        slot |= PageTableEntry.Unused;
        return wasUsed;
    }

    /// <summary>Whether a frame is mapped at an address; nothing is where the last user is gone.</summary>
    public bool IsMapped(UserAddress page, Pfn frame)
    {
        ulong entry = mm.IsAlive ? mm.Table.EntryOf(page.Value) : PageTableEntry.None;
        return PageTableEntry.IsPresent(entry) && PageTableEntry.FrameOf(entry) == frame;
    }

    /// <returns>ENOENT if no page of the memory's own is mapped; EBUSY if it is pinned.</returns>
    private Errno FindOwnPage(UserAddress page, out Vma? area, out Pfn frame)
    {
        area = mm.Areas.Find(page);
        ulong entry = area is null ? PageTableEntry.None : mm.Table.EntryOf(page.Value);
        frame = PageTableEntry.FrameOf(entry);
        if (!PageTableEntry.IsPresent(entry) || PageTableEntry.IsSpecial(entry))
        {
            return Errno.ENOENT;
        }

        return mm.Memory.PinCountOf(frame) > 0 ? Errno.EBUSY : Errno.None;
    }

    /// <summary>Where a page is mapped: everywhere if it is shared memory, only here if it is private (the others keep theirs).</summary>
    private List<(AddressSpace Mm, UserAddress Page)> MappingsOf(Vma area, UserAddress page)
    {
        if (area.Shared is not { } shared)
        {
            return [(mm, page)];
        }

        List<(AddressSpace Mm, UserAddress Page)> mappings = [];
        ulong pageIndex = area.PageIndexOf(page);
        foreach (AddressSpace mapper in shared.Mappers)
        {
            for (int i = 0; i < mapper.Areas.Count; i++)
            {
                Vma other = mapper.Areas[i];
                if (other.Shared == shared && other.PartOf(pageIndex, pageIndex) is { } part)
                {
                    mappings.Add((mapper, part.First));
                }
            }
        }

        return mappings;
    }

    private void CopyDirty(Pfn from, Pfn to)
    {
        if (mm.Memory.IsDirty(from))
        {
            mm.Memory.SetDirty(to);
        }
    }

    private bool IsStillMappedUnpinned(UserAddress page, Pfn frame) => IsMapped(page, frame) && mm.Memory.PinCountOf(frame) == 0;

    private ref ulong SlotOf(UserAddress page) => ref mm.Table.FindLeaf(page.Value)![PageTable.IndexOf(page.Value)];
}
