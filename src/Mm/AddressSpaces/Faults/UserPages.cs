using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>Obtains pages of a process for somebody else.</summary>
/// <remarks>Kernel: <c>__get_user_pages</c>.</remarks>
internal sealed class UserPages(AddressSpace mm)
{
    public Result<int> Pin(UserAddress first, int count, PinFlags flags, Span<Pfn> frames)
    {
        if (mm.Kernel.Fails(FailureKind.Pin))
        {
            return Errno.ENOMEM;
        }

        using LockScope reading = mm.MmapLock.HoldRead();
        int pinned = 0;
        Errno error = Collect(first.PageStart, (flags & PinFlags.Write) != 0, flags, frames[..count], ref pinned);

        // Without leave to retry, a page that user space must supply is a failure.
        error = error == Errno.EAGAIN ? Errno.EFAULT : error;
        mm.Kernel.Step(
            TraceLayer.Mm, "pin_user_pages_remote", string.Empty, null, $"{pinned} of {count} pages from {first} of {mm.Name}, {error}");
        return pinned > 0 || error == Errno.None ? pinned : error;
    }

    public Result<int> Get(UserAddress first, int count, bool write, Span<Pfn> frames)
    {
        if (mm.Kernel.Fails(FailureKind.Pin))
        {
            return Errno.ENOMEM;
        }

        int obtained = 0;
        Errno error;
        do
        {
            using (mm.MmapLock.HoldRead())
            {
                error = Collect(first.PageStart, write, pinned: null, frames[..count], ref obtained);
            }

            if (error == Errno.EAGAIN && obtained == 0)
            {
                error = mm.Userfaults.Wait(first.PageStart);
                error = error == Errno.None ? Errno.EAGAIN : error;
            }
        }
        while (error == Errno.EAGAIN && obtained == 0);

        mm.Kernel.Step(
            TraceLayer.Mm, "get_user_pages_unlocked", string.Empty, null, $"{obtained} of {count} pages from {first} of {mm.Name}, {error}");
        return obtained > 0 || error == Errno.None ? obtained : error;
    }

    public Result<Pfn> FollowPfn(UserAddress address, bool write)
    {
        if (mm.Kernel.Fails(FailureKind.Pin))
        {
            return Errno.ENOMEM;
        }

        using LockScope reading = mm.MmapLock.HoldRead();
        Vma? area = mm.Areas.Find(address);
        if (area is null || area.Kind != VmaKind.PfnMap || !Allows(area, write))
        {
            return Errno.EFAULT;
        }

        Errno error = mm.Faults.Resolve(area, address.PageStart, write);
        if (error != Errno.None)
        {
            return error;
        }

        Pfn frame = PageTableEntry.FrameOf(mm.Table.EntryOf(address.Value));
        return mm.Memory.IsReserved(frame) ? frame : Errno.EFAULT;
    }

    private static bool Allows(Vma area, bool write) => (area.Access & (write ? MemoryAccess.Write : MemoryAccess.Read)) != 0;

    private Errno Collect(UserAddress page, bool write, PinFlags? pinned, Span<Pfn> frames, ref int obtained)
    {
        while (obtained < frames.Length)
        {
            UserAddress next = page.PlusPages((ulong)obtained);
            Vma? area = mm.Areas.Find(next);
            if (area is null || area.Kind == VmaKind.PfnMap || !Allows(area, write))
            {
                return Errno.EFAULT;
            }

            if (pinned is { } flags && (flags & PinFlags.LongTerm) != 0 && area.Kind == VmaKind.DirectAccess)
            {
                return Errno.EOPNOTSUPP;
            }

            obtained += TakePresent(next, area.Range.Last, write, pinned is not null, frames[obtained..], out bool isMissing);
            if (isMissing)
            {
                next = page.PlusPages((ulong)obtained);
                int rest = (int)Math.Min((ulong)(frames.Length - obtained), new UserRange(next, area.Range.Last).PageCount);
                int resolved = mm.Faults.ResolveRun(area, next, rest, write, out Errno error);
                if (error != Errno.None)
                {
                    obtained += TakePresent(next, area.Range.Last, write, pinned is not null, frames.Slice(obtained, resolved), out _);
                    return error;
                }
            }
        }

        return Errno.None;
    }

    /// <remarks>Kernel: <c>follow_page_pte</c>, for as long as pages follow each other in one leaf table.</remarks>
    /// <returns>How many pages were taken; <paramref name="isMissing"/> tells whether the next one has yet to be made accessible.</returns>
    private int TakePresent(UserAddress page, UserAddress lastOfArea, bool write, bool isPin, Span<Pfn> frames, out bool isMissing)
    {
        isMissing = true;
        ulong[]? leaf = mm.Table.FindLeaf(page.Value, out ulong lastOfLeaf);
        if (leaf is null)
        {
            return 0;
        }

        int first = PageTable.IndexOf(page.Value);
        ulong inReach = ((Math.Min(lastOfLeaf, lastOfArea.Value) - page.Value) >> Page.Shift) + 1;
        Span<ulong> entries = leaf.AsSpan(first, (int)Math.Min((ulong)frames.Length, inReach));
        PhysicalMemory memory = mm.Memory;
        using LockScope atomic = mm.PageTableLock.Hold();
        for (int i = 0; i < entries.Length; i++)
        {
            ulong entry = entries[i];
            if (!PageTableEntry.Grants(entry, write))
            {
                return i;
            }

            Pfn frame = PageTableEntry.FrameOf(entry);
            if (isPin)
            {
                memory.Pin(frame);
            }
            else
            {
                memory.Get(frame);
            }

            entries[i] = (entry & ~PageTableEntry.Unused) | (write ? PageTableEntry.Dirty : 0);
            frames[i] = frame;
        }

        isMissing = false;
        return entries.Length;
    }
}
