using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>Makes pages accessible, one at a time.</summary>
/// <remarks>Kernel: <c>handle_mm_fault</c> and what it calls. The mmap lock is held for reading; entries change under the page table lock.</remarks>
internal sealed class PageFaults(AddressSpace mm)
{
    public Errno Handle(UserAddress address, MemoryAccess access)
    {
        Invariant.Hold(mm.MmapLock.IsHeld, "a fault is handled under the mmap lock");
        Vma? area = mm.Areas.Find(address);
        if (area is null || area.Access == MemoryAccess.None || (access & ~area.Access) != 0)
        {
            return Errno.EFAULT;
        }

        Errno result = Resolve(area, address.PageStart, (access & MemoryAccess.Write) != 0);
        while (result == Errno.EAGAIN)
        {
            result = mm.Userfaults.Wait(address.PageStart);
            result = result == Errno.None ? Resolve(area, address.PageStart, (access & MemoryAccess.Write) != 0) : result;
        }

        return result;
    }

    /// <summary>Makes a page of an area accessible whose access was checked.</summary>
    /// <returns>ENOMEM; EAGAIN if user space has to supply the page.</returns>
    public Errno Resolve(Vma area, UserAddress page, bool write)
    {
        if (area.WantsHugePages && mm.HugePages.TryMap(area, page, write))
        {
            return Errno.None;
        }

        ulong[]? leaf = mm.Table.EnsureLeaf(page.Value);
        if (leaf is null)
        {
            return Errno.ENOMEM;
        }

        int index = PageTable.IndexOf(page.Value);
        while (!PageTableEntry.Grants(leaf[index], write))
        {
            mm.HugePages.Split(page);
            Errno result = TakeStep(area, page, ref leaf[index], write);
            if (result != Errno.None)
            {
                return result;
            }
        }

        return Errno.None;
    }

    /// <summary>Makes pages of an area accessible one after another, up to the first that cannot be made so.</summary>
    /// <remarks>Where memory is exhausted it stops after one: room for the next page may be made at the cost of this one.</remarks>
    /// <returns>How many; if that is less than <paramref name="count"/> without an error, the rest has yet to be asked for.</returns>
    public int ResolveRun(Vma area, UserAddress first, int count, bool write, out Errno error)
    {
        int done = 0;
        do
        {
            error = Resolve(area, first.PlusPages((ulong)done), write);
            done += error == Errno.None ? 1 : 0;
        }
        while (error == Errno.None && done < count && !area.WantsHugePages && !mm.Memory.IsExhausted);
        return done;
    }

    /// <summary>Gives a page that was merged with others a frame of its own.</summary>
    /// <remarks>Kernel: <c>break_ksm</c>.</remarks>
    /// <returns>ENOMEM.</returns>
    public Errno Unmerge(Vma area, UserAddress page)
    {
        while (PageTableEntry.IsMerged(mm.Table.EntryOf(page.Value)))
        {
            ref ulong slot = ref mm.Table.FindLeaf(page.Value)![PageTable.IndexOf(page.Value)];
            ulong entry = slot;
            Pfn frame = PageTableEntry.FrameOf(entry);
            if (mm.Memory.ReferenceCountOf(frame) == 1)
            {
                using LockScope atomic = mm.PageTableLock.Hold();
                slot &= ~PageTableEntry.Merged;
                continue;
            }

            Errno error = CopyOnWrite(area, page, ref slot, entry, frame);
            if (error != Errno.None)
            {
                return error;
            }
        }

        return Errno.None;
    }

    private Errno TakeStep(Vma area, UserAddress page, ref ulong slot, bool write)
    {
        ulong entry = slot;
        if (entry == PageTableEntry.None)
        {
            return area.Kind switch
            {
                VmaKind.Shared or VmaKind.DirectAccess => MapShared(area, page, ref slot, write),
                VmaKind.PfnMap => MapDevice(area, page, ref slot),
                _ => MapAnonymous(area, page, ref slot, write),
            };
        }

        if (PageTableEntry.IsValid(entry))
        {
            return PageTableEntry.IsSpecial(entry) || area.Shared is null
                ? BreakCopyOnWrite(area, page, ref slot, entry)
                : MakeWritable(ref slot, entry);
        }

        if (PageTableEntry.IsMigrating(entry))
        {
            // Whoever migrates the page holds this lock until it is back.
            mm.RmapLockOf(area).Hold().Dispose();
            return Errno.None;
        }

        return PageTableEntry.IsForbidden(entry) ? PermitAgain(area, ref slot, entry) : SwapIn(area, page, ref slot, entry, write);
    }

    /// <remarks>Kernel: <c>do_anonymous_page</c>.</remarks>
    private Errno MapAnonymous(Vma area, UserAddress page, ref ulong slot, bool write)
    {
        if (area.IsUserfaultMissing)
        {
            return Errno.EAGAIN;
        }

        if (!write)
        {
            using LockScope atomic = mm.PageTableLock.Hold();
            if (slot == PageTableEntry.None)
            {
                slot = PageTableEntry.OfPage(mm.Memory.ZeroPage, area.Access, writable: false, special: true);
            }

            return Errno.None;
        }

        area.HasAnonymousPages = true;
        if (!mm.Memory.PrivatePages.AllocateByReclaim(FrameUse.Anonymous).TryGet(out Pfn frame, out Errno error))
        {
            return error;
        }

        mm.Kernel.Step(TraceLayer.Mm, "do_anonymous_page", string.Empty, null, $"{page} of {mm.Name} gets {frame}");
        ulong mapped = PageTableEntry.OfPage(frame, area.Access, writable: true) | PageTableEntry.Dirty;
        if (Install(ref slot, PageTableEntry.None, mapped, frame))
        {
            mm.Memory.PrivatePages.Mapped(frame, mm.Reclaim, page);
        }

        return Errno.None;
    }

    /// <remarks>Kernel: <c>shmem_fault</c>, <c>finish_fault</c>.</remarks>
    private Errno MapShared(Vma area, UserAddress page, ref ulong slot, bool write)
    {
        if (!area.Shared!.FindOrAllocate(area.PageIndexOf(page)).TryGet(out Pfn frame, out Errno error))
        {
            return error;
        }

        mm.Memory.Get(frame);
        ulong mapped = PageTableEntry.OfPage(frame, area.Access, area.IsWritable) | (write ? PageTableEntry.Dirty : 0);
        Install(ref slot, PageTableEntry.None, mapped, frame);
        return Errno.None;
    }

    /// <remarks>Kernel: the fault operation of a driver's memory area, <c>vmf_insert_pfn</c>.</remarks>
    private Errno MapDevice(Vma area, UserAddress page, ref ulong slot)
    {
        using LockScope device = mm.DeviceMemoryLock.Hold("vfio_pci_mmap_fault");
        ulong mapped = PageTableEntry.OfPage(area.DeviceFrameOf(page), area.Access, area.IsWritable, special: true);
        using LockScope atomic = mm.PageTableLock.Hold();
        if (slot == PageTableEntry.None)
        {
            slot = mapped;
        }

        return Errno.None;
    }

    /// <remarks>Kernel: <c>do_swap_page</c>.</remarks>
    private Errno SwapIn(Vma area, UserAddress page, ref ulong slot, ulong entry, bool write)
    {
        if (!mm.Memory.PrivatePages.AllocateByReclaim(FrameUse.Anonymous).TryGet(out Pfn frame, out Errno error))
        {
            return error;
        }

        if (slot != entry)
        {
            // Somebody else read it back while this thread was waiting for memory.
            mm.Memory.Put(frame);
            return Errno.None;
        }

        ulong swapSlot = PageTableEntry.SwapSlotOf(entry);
        mm.Kernel.Step(TraceLayer.Mm, "do_swap_page", string.Empty, null, $"{page} of {mm.Name} is read back into {frame}");
        ulong mapped = PageTableEntry.OfPage(frame, area.Access, write && area.IsWritable) | PageTableEntry.Dirty;
        mm.Memory.Swap.Load(swapSlot, frame);
        if (Install(ref slot, entry, mapped, frame))
        {
            mm.Memory.Swap.Drop(swapSlot);
            mm.Memory.PrivatePages.Mapped(frame, mm.Reclaim, page);
        }

        return Errno.None;
    }

    /// <remarks>Kernel: <c>do_numa_page</c>.</remarks>
    private Errno PermitAgain(Vma area, ref ulong slot, ulong entry)
    {
        using LockScope atomic = mm.PageTableLock.Hold();
        if (slot == entry)
        {
            slot = PageTableEntry.WithAccess(entry, area.Access);
        }

        return Errno.None;
    }

    /// <remarks>Kernel: <c>do_wp_page</c>: device memory and pages nobody else refers to are reused, others copied.</remarks>
    private Errno BreakCopyOnWrite(Vma area, UserAddress page, ref ulong slot, ulong entry)
    {
        Pfn old = PageTableEntry.FrameOf(entry);
        bool isAlone = area.Kind == VmaKind.PfnMap || (!PageTableEntry.IsSpecial(entry) && mm.Memory.ReferenceCountOf(old) == 1);
        return isAlone ? MakeWritable(ref slot, entry) : CopyOnWrite(area, page, ref slot, entry, old);
    }

    /// <remarks>Kernel: <c>wp_page_reuse</c>, <c>wp_page_shared</c>. Notifies nobody: access is only gained.</remarks>
    private Errno MakeWritable(ref ulong slot, ulong entry)
    {
        using LockScope atomic = mm.PageTableLock.Hold();
        if (slot == entry)
        {
            slot = PageTableEntry.WithWriteDone(entry);
        }

        return Errno.None;
    }

    /// <remarks>Kernel: <c>wp_page_copy</c>.</remarks>
    private Errno CopyOnWrite(Vma area, UserAddress page, ref ulong slot, ulong entry, Pfn old)
    {
        area.HasAnonymousPages = true;
        if (!mm.Memory.PrivatePages.AllocateByReclaim(FrameUse.Anonymous).TryGet(out Pfn copy, out Errno error))
        {
            return error;
        }

        mm.Memory.CopyFrame(old, copy);
        mm.Kernel.Step(TraceLayer.Mm, "wp_page_copy", string.Empty, null, $"{page} of {mm.Name}: {old} is copied to {copy}");
        InvalidationRange range = new(UserRange.OfPages(page, 1), InvalidationReason.Clear, IsBlockable: true);
        mm.Notifiers.Start(in range);
        bool isReplaced;
        using (mm.PageTableLock.Hold())
        {
            isReplaced = slot == entry;
            if (isReplaced)
            {
                slot = PageTableEntry.None;
                mm.Notifiers.InvalidateRange(range.Range);
                mm.Notifiers.ChangePte(page, copy);
                slot = PageTableEntry.OfPage(copy, area.Access, writable: true) | PageTableEntry.Dirty;
            }
        }

        mm.Notifiers.OnlyEnd(in range);
        if (isReplaced)
        {
            mm.Memory.PrivatePages.Mapped(copy, mm.Reclaim, page);
        }

        mm.Memory.Put(isReplaced ? old : copy);
        return Errno.None;
    }

    private bool Install(ref ulong slot, ulong expected, ulong entry, Pfn frame)
    {
        using (mm.PageTableLock.Hold())
        {
            if (slot == expected)
            {
                slot = entry;
                return true;
            }
        }

        mm.Memory.Put(frame);
        return false;
    }
}
