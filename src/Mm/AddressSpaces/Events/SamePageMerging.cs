using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>Lets two private pages with equal contents share one frame.</summary>
/// <remarks>Kernel: <c>mm/ksm.c</c>, one pair of pages at a time.</remarks>
internal static class SamePageMerging
{
    /// <remarks>Kernel: <c>try_to_merge_two_pages</c>.</remarks>
    public static Errno Merge(AddressSpace mm, UserAddress page, AddressSpace owner, UserAddress kept)
    {
        Errno error;
        Pfn keptFrame;
        using (owner.MmapLock.HoldRead())
        {
            error = WriteProtect(owner, kept, out keptFrame);
            if (error != Errno.None)
            {
                return error;
            }

            // Stands for the stable tree's hold on the page until the second mapping has its own.
            owner.Memory.Get(keptFrame);
        }

        using (mm.MmapLock.HoldRead())
        {
            error = WriteProtect(mm, page, out Pfn frame);
            if (error == Errno.None)
            {
                error = mm.Memory.HasEqualContents(frame, keptFrame) ? ReplacePage(mm, page, frame, keptFrame) : Errno.EINVAL;
            }
        }

        if (error == Errno.None)
        {
            MarkMerged(owner, kept, keptFrame);
        }

        owner.Memory.Put(keptFrame);
        return error;
    }

    private static void MarkMerged(AddressSpace mm, UserAddress page, Pfn frame)
    {
        using LockScope atomic = mm.PageTableLock.Hold();
        ulong entry = mm.Table.EntryOf(page.Value);
        if (PageTableEntry.IsPresent(entry) && PageTableEntry.FrameOf(entry) == frame)
        {
            mm.Table.FindLeaf(page.Value)![PageTable.IndexOf(page.Value)] = entry | PageTableEntry.Merged;
        }
    }

    /// <remarks>Kernel: <c>write_protect_page</c>: a page that somebody else refers to may be written behind the CPU's back.</remarks>
    private static Errno WriteProtect(AddressSpace mm, UserAddress page, out Pfn frame)
    {
        ulong entry = mm.Areas.Find(page) is { Kind: VmaKind.Anonymous } ? mm.Table.EntryOf(page.Value) : PageTableEntry.None;
        frame = PageTableEntry.FrameOf(entry);
        if (!PageTableEntry.IsValid(entry) || PageTableEntry.IsSpecial(entry))
        {
            return Errno.ENOENT;
        }

        Errno result = Errno.None;
        mm.HugePages.Split(page);
        InvalidationRange range = new(UserRange.OfPages(page, 1), InvalidationReason.Clear, IsBlockable: true);
        mm.Notifiers.Start(in range);
        using (mm.PageTableLock.Hold())
        {
            if (mm.Table.EntryOf(page.Value) != entry || mm.Memory.PinCountOf(frame) > 0)
            {
                result = Errno.EBUSY;
            }
            else if (PageTableEntry.IsWritable(entry))
            {
                mm.Notifiers.ChangePte(page, frame);
                mm.Table.FindLeaf(page.Value)![PageTable.IndexOf(page.Value)] = entry | PageTableEntry.ReadOnly;
            }
        }

        mm.Notifiers.End(in range);
        return result;
    }

    /// <remarks>Kernel: <c>replace_page</c>.</remarks>
    private static Errno ReplacePage(AddressSpace mm, UserAddress page, Pfn frame, Pfn keptFrame)
    {
        mm.Kernel.Step(TraceLayer.Mm, "replace_page", string.Empty, null, $"{page} of {mm.Name}: {frame} gives way to {keptFrame}");
        InvalidationRange range = new(UserRange.OfPages(page, 1), InvalidationReason.Clear, IsBlockable: true);
        mm.Notifiers.Start(in range);
        bool isReplaced;
        using (mm.PageTableLock.Hold())
        {
            ulong entry = mm.Table.EntryOf(page.Value);
            isReplaced = PageTableEntry.IsValid(entry) && !PageTableEntry.IsWritable(entry) && PageTableEntry.FrameOf(entry) == frame;
            if (isReplaced)
            {
                mm.Memory.Get(keptFrame);
                mm.Notifiers.ChangePte(page, keptFrame);
                MemoryAccess access = mm.Areas.Find(page)!.Access;
                mm.Table.FindLeaf(page.Value)![PageTable.IndexOf(page.Value)] =
                    PageTableEntry.OfPage(keptFrame, access, writable: false) | PageTableEntry.Dirty | PageTableEntry.Merged;
                mm.Memory.PrivatePages.Mapped(keptFrame, mm.Reclaim, page);
            }
        }

        mm.Notifiers.End(in range);
        if (isReplaced)
        {
            mm.Memory.Put(frame);
        }

        return isReplaced ? Errno.None : Errno.EBUSY;
    }
}
