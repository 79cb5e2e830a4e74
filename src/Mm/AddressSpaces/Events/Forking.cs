using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>Copies an address space for a child.</summary>
/// <remarks>Kernel: <c>dup_mmap</c>, <c>copy_page_range</c>. The child is not reachable yet: only the parent's locks matter.</remarks>
internal static class Forking
{
    public static Result<AddressSpace> Copy(AddressSpace parent, string name)
    {
        if (!parent.Memory.Allocate(FrameUse.PageTable).TryGet(out Pfn root, out Errno error))
        {
            return error;
        }

        AddressSpace child = new(parent.Kernel, parent.Memory, name, root);
        error = CopyAreas(parent, child, name);
        if (error == Errno.None)
        {
            return child;
        }

        // What was copied goes again; that the parent's pages are read-only now costs it a fault each.
        child.Exit();
        return error;
    }

    private static Errno CopyAreas(AddressSpace parent, AddressSpace child, string name)
    {
        using LockScope writing = parent.MmapLock.HoldWrite();
        parent.Kernel.Step(TraceLayer.User, "fork", string.Empty, null, $"{parent.Name} forks {name}");
        for (int i = 0; i < parent.Areas.Count; i++)
        {
            Vma area = parent.Areas[i];
            Vma copy = area.Part(area.Range, area.Range.First);
            copy.IsUserfaultMissing = false;
            child.Areas.Add(copy);
            if (copy.Shared is { } shared)
            {
                using LockScope mappers = shared.MappersLock.Hold();
                shared.AddMapper(child);
            }

            // Shared and device memory is faulted in again by the child; private memory that was only read has nothing to copy.
            if (area.Kind == VmaKind.Anonymous && area.HasAnonymousPages)
            {
                Errno error = CopyArea(parent, child, area);
                if (error != Errno.None)
                {
                    return error;
                }
            }
        }

        return Errno.None;
    }

    private static Errno CopyArea(AddressSpace parent, AddressSpace child, Vma area)
    {
        InvalidationRange announced = new(area.Range, InvalidationReason.ProtectionPage, IsBlockable: true);
        parent.Notifiers.Start(in announced);
        parent.HugePages.OpenFor(area.Range);
        Errno error = Errno.None;
        ulong at = area.Range.First.Value;
        while (at < area.Range.Last.Value && error == Errno.None)
        {
            ulong[]? leaf = parent.Table.FindLeaf(at, out ulong last);
            last = Math.Min(last, area.Range.Last.Value);
            if (leaf is not null)
            {
                error = CopyLeaf(parent, child, area, leaf, at, last);
            }

            at = last + 1;
        }

        parent.Notifiers.End(in announced);
        return error;
    }

    /// <remarks>Kernel: <c>copy_pte_range</c>.</remarks>
    private static Errno CopyLeaf(AddressSpace parent, AddressSpace child, Vma area, ulong[] leaf, ulong at, ulong last)
    {
        if (child.Table.EnsureLeaf(at) is not { } target)
        {
            return Errno.ENOMEM;
        }

        while (at <= last)
        {
            using (parent.PageTableLock.Hold())
            {
                for (; at <= last && !PageTableEntry.IsMigrating(leaf[PageTable.IndexOf(at)]); at += Page.Size)
                {
                    int index = PageTable.IndexOf(at);
                    if (!CopyEntry(parent.Memory, area, ref leaf[index]).TryGet(out target[index], out Errno error))
                    {
                        return error;
                    }

                    if (PageTableEntry.IsPresent(target[index]))
                    {
                        parent.Memory.PrivatePages.Mapped(PageTableEntry.FrameOf(target[index]), child.Reclaim, new UserAddress(at));
                    }
                }
            }

            if (at <= last)
            {
                // The page is under migration: whoever does that holds this lock until it is back.
                parent.RmapLock.Hold().Dispose();
            }
        }

        return Errno.None;
    }

    /// <remarks>Kernel: <c>copy_present_pte</c>, <c>copy_nonpresent_pte</c>.</remarks>
    private static Result<ulong> CopyEntry(PhysicalMemory memory, Vma area, ref ulong slot)
    {
        ulong entry = slot;
        if (PageTableEntry.IsSwapped(entry))
        {
            memory.Swap.Share(PageTableEntry.SwapSlotOf(entry));
            return entry;
        }

        if (!PageTableEntry.IsPresent(entry) || PageTableEntry.IsSpecial(entry))
        {
            return entry;
        }

        Pfn frame = PageTableEntry.FrameOf(entry);
        if (memory.PinCountOf(frame) > 0)
        {
            // Whoever pinned the page goes on with the parent's frame, so the child is the one to get a copy.
            if (!memory.Allocate(FrameUse.Anonymous).TryGet(out Pfn copy, out Errno error))
            {
                return error;
            }

            memory.CopyFrame(frame, copy);
            return PageTableEntry.OfPage(copy, area.Access, area.IsWritable) | PageTableEntry.Dirty;
        }

        memory.Get(frame);
        slot = entry | PageTableEntry.ReadOnly;
        return slot;
    }
}
