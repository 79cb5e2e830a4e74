using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1;

/// <summary>Pins the memory behind a mapping for as long as it stays mapped, and accounts it to the process.</summary>
/// <remarks>Kernel: <c>vfio_pin_pages_remote</c>, <c>vfio_unpin_pages_remote</c>, <c>vaddr_get_pfns</c>, <c>vfio_lock_acct</c>.</remarks>
internal sealed class RemotePinner(PhysicalMemory memory)
{
    /// <summary>Pins the physically contiguous run that starts at an address.</summary>
    /// <param name="container">The container, whose batch keeps what was pinned beyond the run.</param>
    /// <param name="mapping">The mapping.</param>
    /// <param name="iova">The iova of the first page.</param>
    /// <param name="pageCount">How many pages at the most.</param>
    /// <returns>First frame and length of the run; ENOMEM beyond the locked-memory limit, or the error of the first page.</returns>
    public Result<PinnedRun> PinRun(Type1Container container, DmaMapping mapping, Iova iova, ulong pageCount)
    {
        PinBatch batch = container.PinBatch;
        PinnedRun run = default;
        long accounted = 0;
        while ((ulong)run.PageCount < pageCount)
        {
            if (batch.IsEmpty)
            {
                Iova at = iova.PlusPages((ulong)run.PageCount);
                Errno error = Fill(batch, mapping, mapping.VaddrOf(at), pageCount - (ulong)run.PageCount);
                if (error != Errno.None)
                {
                    return run.PageCount == 0 ? error : Account(mapping, run, accounted);
                }
            }

            Pfn frame = batch.First;
            bool isReserved = memory.IsReserved(frame);
            if (run.PageCount > 0 && (frame.Value != run.First.Value + (ulong)run.PageCount || isReserved != memory.IsReserved(run.First)))
            {
                break;
            }

            if (!isReserved && !mapping.ExternalPins.Contains(iova.PlusPages((ulong)run.PageCount)))
            {
                if (IsOverLimit(mapping.Owner, accounted + 1))
                {
                    Unpin(mapping, run.First, run.PageCount);
                    return Errno.ENOMEM;
                }

                accounted++;
            }

            batch.TakeFirst();
            run = run.PageCount == 0 ? new PinnedRun(frame, 1) : run with { PageCount = run.PageCount + 1 };
        }

        return Account(mapping, run, accounted);
    }

    /// <summary>Pins pages one by one wherever they lie, each counted against the locked-memory limit.</summary>
    /// <param name="owner">Whose pages.</param>
    /// <param name="first">The process address of the first page.</param>
    /// <param name="access">For which access of the device.</param>
    /// <param name="frames">Receives the frames; its length is how many are asked for.</param>
    /// <returns>How many were pinned, at least 1; ENOMEM beyond the limit, or the error of the first page.</returns>
    public Result<int> Pin(in PageOwner owner, UserAddress first, IommuProt access, Span<Pfn> frames)
    {
        if (!owner.Mm.IsAlive)
        {
            return Errno.ENODEV;
        }

        if (!PinSome(in owner, first, access, frames).TryGet(out int got, out Errno error))
        {
            return error;
        }

        long counted = CountUnreserved(frames[..got]);
        while (got > 0 && IsOverLimit(in owner, counted))
        {
            got--;
            counted -= memory.IsReserved(frames[got]) ? 0 : 1;
            Release(in owner, frames[got]);
        }

        if (got == 0)
        {
            return Errno.ENOMEM;
        }

        error = owner.Mm.AccountLocked(counted);
        if (error != Errno.None)
        {
            Unpin(in owner, frames[..got], accounted: false);
            return error;
        }

        return got;
    }

    /// <summary>Pins pages that are accounted already, or not at all.</summary>
    /// <param name="mapping">The mapping.</param>
    /// <param name="first">The process address of the first page.</param>
    /// <param name="frames">Receives the frames.</param>
    /// <returns>How many were pinned, at least 1, or the error of the first page.</returns>
    public Result<int> PinUnaccounted(DmaMapping mapping, UserAddress first, Span<Pfn> frames) =>
        mapping.Mm.IsAlive ? PinSome(mapping.Owner, first, mapping.Prot, frames) : Errno.ENODEV;

    /// <summary>Lets go of pages.</summary>
    /// <param name="owner">Whose pages.</param>
    /// <param name="frames">The frames.</param>
    /// <param name="accounted">Whether they count against the locked-memory limit.</param>
    public void Unpin(in PageOwner owner, ReadOnlySpan<Pfn> frames, bool accounted)
    {
        long counted = CountUnreserved(frames);
        foreach (Pfn frame in frames)
        {
            Release(in owner, frame);
        }

        if (accounted && counted > 0)
        {
            owner.Mm.AccountLocked(-counted);
        }
    }

    /// <summary>Lets go of a contiguous run without accounting.</summary>
    /// <param name="mapping">The mapping.</param>
    /// <param name="first">The first frame.</param>
    /// <param name="pageCount">How many pages.</param>
    /// <returns>How many of them count: reserved ones do not.</returns>
    public long Unpin(DmaMapping mapping, Pfn first, long pageCount)
    {
        long counted = 0;
        for (long i = 0; i < pageCount; i++)
        {
            Pfn frame = first.Plus((ulong)i);
            counted += memory.IsReserved(frame) ? 0 : 1;
            Release(mapping.Owner, frame);
        }

        return counted;
    }

    /// <summary>Lets go of what a batch still holds.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="mapping">The mapping it was filled for.</param>
    public void Drop(PinBatch batch, DmaMapping mapping)
    {
        while (!batch.IsEmpty)
        {
            Release(mapping.Owner, batch.TakeFirst());
        }
    }

    /// <summary>Whether the process may not lock that many pages more.</summary>
    /// <param name="owner">Whose pages.</param>
    /// <param name="pages">How many more.</param>
    /// <returns>Whether they are too many.</returns>
    public bool IsOverLimit(in PageOwner owner, long pages) =>
        !owner.HasLockCap && (ulong)(owner.Mm.LockedVm + pages) > owner.Task.MemlockLimitBytes >> Page.Shift;

    private Result<PinnedRun> Account(DmaMapping mapping, PinnedRun run, long accounted)
    {
        if (accounted > 0)
        {
            Errno error = mapping.Mm.AccountLocked(accounted);
            if (error != Errno.None)
            {
                Unpin(mapping, run.First, run.PageCount);
                return error;
            }
        }

        return run;
    }

    private Errno Fill(PinBatch batch, DmaMapping mapping, UserAddress vaddr, ulong pageCount)
    {
        Span<Pfn> room = batch.Room((int)Math.Min(pageCount, PinBatch.Capacity)).Span;
        Result<int> got = PinSome(mapping.Owner, vaddr, mapping.Prot, room);
        batch.Filled(got.IsSuccess ? got.Value : 0);
        return got.Error;
    }

    private Result<int> PinSome(in PageOwner owner, UserAddress vaddr, IommuProt access, Span<Pfn> frames)
    {
        bool isWrite = (access & IommuProt.Write) != 0;
        Result<int> got = owner.Mm.PinPages(vaddr, frames.Length, PinFlags.LongTerm | (isWrite ? PinFlags.Write : PinFlags.None), frames);
        if (got.Error != Errno.EFAULT)
        {
            return got;
        }

        // A mapping of device memory has frame numbers but no pages: one at a time, never pinned, never accounted.
        if (!owner.Mm.FollowPfn(vaddr, isWrite).TryGet(out Pfn frame, out _) || !memory.IsReserved(frame))
        {
            return Errno.EFAULT;
        }

        frames[0] = frame;
        return 1;
    }

    private long CountUnreserved(ReadOnlySpan<Pfn> frames)
    {
        long counted = 0;
        foreach (Pfn frame in frames)
        {
            counted += memory.IsReserved(frame) ? 0 : 1;
        }

        return counted;
    }

    private void Release(in PageOwner owner, Pfn frame)
    {
        if (!memory.IsReserved(frame))
        {
            memory.Unpin(frame, dirty: (owner.Prot & IommuProt.Write) != 0);
        }
    }
}
