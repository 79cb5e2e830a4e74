using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>Copies an address space for a child.</summary>
/// <remarks>Kernel: <c>dup_mmap</c>, <c>copy_page_range</c>. The child is not reachable yet: only the parent's locks matter.</remarks>
internal static class Forking
{
    public static AddressSpace Copy(AddressSpace parent, string name)
    {
        AddressSpace child = new(parent.Kernel, parent.Memory, name);
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
                CopyArea(parent, child, area);
            }
        }

        return child;
    }

    private static void CopyArea(AddressSpace parent, AddressSpace child, Vma area)
    {
        InvalidationRange announced = new(area.Range, InvalidationReason.ProtectionPage, IsBlockable: true);
        parent.Notifiers.Start(in announced);
        parent.HugePages.OpenFor(area.Range);
        ulong at = area.Range.First.Value;
        while (at < area.Range.Last.Value)
        {
            ulong[]? leaf = parent.Table.FindLeaf(at, out ulong last);
            last = Math.Min(last, area.Range.Last.Value);
            if (leaf is not null)
            {
                CopyLeaf(parent, child, area, leaf, at, last);
            }

            at = last + 1;
        }

        parent.Notifiers.End(in announced);
    }

    /// <remarks>Kernel: <c>copy_pte_range</c>.</remarks>
    private static void CopyLeaf(AddressSpace parent, AddressSpace child, Vma area, ulong[] leaf, ulong at, ulong last)
    {
        ulong[]? target = child.Table.EnsureLeaf(at);
        Invariant.Hold(target is not null, "there is memory for the tables of a forked address space");
        while (at <= last)
        {
            using (parent.PageTableLock.Hold())
            {
                for (; at <= last && !PageTableEntry.IsMigrating(leaf[PageTable.IndexOf(at)]); at += Page.Size)
                {
                    int index = PageTable.IndexOf(at);
                    target[index] = CopyEntry(parent.Memory, area, ref leaf[index]);
                    if (PageTableEntry.IsPresent(target[index]))
                    {
                        parent.Memory.PrivatePages.Mapped(PageTableEntry.FrameOf(target[index]), child, new UserAddress(at));
                    }
                }
            }

            if (at <= last)
            {
                // The page is under migration: whoever does that holds this lock until it is back.
                parent.RmapLock.Hold().Dispose();
            }
        }
    }

    /// <remarks>Kernel: <c>copy_present_pte</c>, <c>copy_nonpresent_pte</c>.</remarks>
    private static ulong CopyEntry(PhysicalMemory memory, Vma area, ref ulong slot)
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
            Result<Pfn> copy = memory.Allocate(FrameUse.Anonymous);
            Invariant.Hold(copy.IsSuccess, "there is memory for the pinned pages of a forked address space");
            memory.CopyFrame(frame, copy.Value);
            return PageTableEntry.OfPage(copy.Value, area.Access, area.IsWritable) | PageTableEntry.Dirty;
        }

        memory.Get(frame);
        slot = entry | PageTableEntry.ReadOnly;
        return slot;
    }
}
