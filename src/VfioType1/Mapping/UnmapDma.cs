using Iopf.Kernel;
using Iopf.Mm;
using Iopf.Vfio;

namespace Iopf.VfioType1;

/// <summary>Removes the mappings of a range, or hands their vaddrs back.</summary>
/// <remarks>Kernel: <c>vfio_dma_do_unmap</c>.</remarks>
internal sealed class UnmapDma(HostKernel kernel, RemoveMapping removal, DirtyLog dirty)
{
    private const int NotifyRetries = 10;

    private enum End
    {
        Reached,
        Finished,
        Interrupted,
    }

    /// <summary>Unmaps.</summary>
    /// <param name="container">The container.</param>
    /// <param name="caller">The calling process.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="bitmap">Where the dirty log of what is removed goes, with its page size; a default one if it was not asked for.</param>
    /// <param name="userBitmap">The user's memory for it.</param>
    /// <returns>How many bytes were unmapped, or the error.</returns>
    public Result<ulong> Execute(Type1Container container, Process caller, in VfioUnmapDma request, in VfioBitmap bitmap, Span<byte> userBitmap)
    {
        using (container.Lock.Hold("vfio_dma_do_unmap"))
        {
            if (!Judge(container, in request, in bitmap).TryGet(out IovaRange range, out Errno error))
            {
                return error;
            }

            Result<ulong> unmapped = Unmap(container, caller, range, request.Flags, userBitmap);
            kernel.Step(
                TraceLayer.Type1,
                "vfio_dma_do_unmap",
                string.Empty,
                range.First,
                $"to {range.Last} {request.Flags}: {unmapped.Error.ToCName()}");
            return unmapped;
        }
    }

    private static Result<IovaRange> Judge(Type1Container container, in VfioUnmapDma request, in VfioBitmap bitmap)
    {
        ulong mask = container.Granule - 1;
        if ((request.Iova & mask) != 0)
        {
            return Errno.EINVAL;
        }

        if ((request.Flags & VfioUnmapDmaBits.All) != 0)
        {
            return (request.Iova | request.Length) != 0 ? Errno.EINVAL : IovaRange.All;
        }

        ulong last = unchecked(request.Iova + request.Length - 1);
        if (request.Length == 0 || (request.Length & mask) != 0 || last < request.Iova)
        {
            return Errno.EINVAL;
        }

        if ((request.Flags & VfioUnmapDmaBits.GetDirtyBitmap) != 0
            && (!container.IsTrackingDirtyPages || bitmap.PageSize != container.Granule))
        {
            return Errno.EINVAL;
        }

        return new IovaRange(new Iova(request.Iova), new Iova(last));
    }

    private Result<ulong> Unmap(Type1Container container, Process caller, IovaRange range, VfioUnmapDmaBits flags, Span<byte> userBitmap)
    {
        Progress progress = new() { Next = range.First };
        do
        {
            // The edges are looked at again whenever the lock was dropped for the notifiers.
            if (container.IsV2 && (flags & VfioUnmapDmaBits.All) == 0 && Bisects(container, range))
            {
                return Errno.EINVAL;
            }

            progress.End = End.Reached;
            while (progress.End == End.Reached && container.Mappings.FirstOverlapping(progress.Next, range.Last) is { } mapping)
            {
                if ((!container.IsV2 && range.First > mapping.Iova) || !ReferenceEquals(mapping.Mm, caller.Mm))
                {
                    break;
                }

                Errno error = (flags & VfioUnmapDmaBits.Vaddr) != 0
                    ? HandBack(container, range, mapping, ref progress)
                    : Remove(container, range, mapping, flags, userBitmap, ref progress);
                if (error != Errno.None)
                {
                    return error;
                }
            }
        }
        while (progress.End == End.Interrupted);

        return progress.Unmapped;
    }

    /// <summary>Only the vaddr goes; the device keeps its translations.</summary>
    private static Errno HandBack(Type1Container container, IovaRange range, DmaMapping mapping, ref Progress progress)
    {
        if (mapping.IsVaddrInvalid)
        {
            TakeBack(container, range.First, mapping);
            return Errno.EINVAL;
        }

        mapping.IsVaddrInvalid = true;
        container.VaddrInvalidCount++;
        progress.Unmapped += mapping.Size;
        Iova last = mapping.Range.Last;
        progress.End = last >= range.Last ? End.Finished : End.Reached;
        progress.Next = last.Plus(1);
        return Errno.None;
    }

    private Errno Remove(
        Type1Container container, IovaRange range, DmaMapping mapping, VfioUnmapDmaBits flags, Span<byte> userBitmap, ref Progress progress)
    {
        if (mapping.ExternalPins.Count > 0)
        {
            progress.Retries = ReferenceEquals(progress.Notified, mapping) ? progress.Retries + 1 : 0;
            progress.Notified = mapping;
            if (progress.Retries > NotifyRetries)
            {
                throw new KernelOopsException("BUG", "vfio_dma_do_unmap");
            }

            Notify(container, mapping);
            progress.End = End.Interrupted;
            return Errno.None;
        }

        if ((flags & VfioUnmapDmaBits.GetDirtyBitmap) != 0)
        {
            Errno error = dirty.CopyTo(container, mapping, range.First, userBitmap);
            if (error != Errno.None)
            {
                return error;
            }
        }

        progress.Unmapped += mapping.Size;
        removal.Execute(container, mapping);
        return Errno.None;
    }

    /// <summary>Whether the first or the last byte lies inside a mapping that reaches beyond the range.</summary>
    private static bool Bisects(Type1Container container, IovaRange range) =>
        (container.Mappings.Find(range.First) is { } first && first.Iova != range.First)
        || (container.Mappings.Find(range.Last) is { } last && last.Range.Last != range.Last);

    private static void TakeBack(Type1Container container, Iova first, DmaMapping end)
    {
        foreach (DmaMapping mapping in container.Mappings)
        {
            if (ReferenceEquals(mapping, end))
            {
                return;
            }

            if (mapping.Range.Last >= first)
            {
                mapping.IsVaddrInvalid = false;
                container.VaddrInvalidCount--;
                container.WakeVaddrWaiters();
            }
        }
    }

    /// <summary>Tells the vendor drivers, without the lock, because they call back to unpin.</summary>
    private static void Notify(Type1Container container, DmaMapping mapping)
    {
        (Iova iova, ulong size) = (mapping.Iova, mapping.Size);
        container.Lock.Unlock();
        foreach (IVfioDmaUnmapNotifier notifier in container.UnmapNotifiers.ToArray())
        {
            notifier.DmaUnmapped(iova, size);
        }

        container.Lock.Lock("vfio_dma_do_unmap");
    }

    private struct Progress
    {
        public ulong Unmapped;
        public Iova Next;
        public DmaMapping? Notified;
        public int Retries;
        public End End;
    }
}
