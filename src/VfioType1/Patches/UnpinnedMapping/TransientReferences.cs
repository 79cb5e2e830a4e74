using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1.Patches.UnpinnedMapping;

/// <summary>Patch 3: pages are referenced just long enough to be mapped: no long-term pin (E15), no accounting, no more access than asked for (E14).</summary>
internal sealed class TransientReferences(HostKernel kernel, PhysicalMemory memory) : IPageSource
{
    // Posted: long-term pins (E15), which do not wait for userfaultfd (E16).
    private readonly bool _pins = kernel.IsPosted(Erratum.E15) || kernel.IsPosted(Erratum.E16);

    public Result<int> Obtain(DmaMapping mapping, UserAddress first, IommuProt access, Memory<Pfn> frames)
    {
        if (MmOf(mapping) is not { IsAlive: true } mm)
        {
            return Errno.ENODEV;
        }

        bool isWrite = (access & IommuProt.Write) != 0;
        Result<int> got = _pins
            ? mm.PinPages(first, frames.Length, PinFlagsFor(isWrite), frames.Span)
            : mm.GetPages(first, frames.Length, isWrite ? MemoryAccess.Write : MemoryAccess.Read, frames.Span);
        if (got.Error != Errno.EFAULT)
        {
            return got;
        }

        // Device memory (another device's BAR) has no pages to refer to, only frame numbers.
        if (!mm.FollowPfn(first, isWrite).TryGet(out Pfn frame, out _))
        {
            return Errno.EFAULT;
        }

        frames.Span[0] = frame;
        return 1;
    }

    public void Return(DmaMapping mapping, ReadOnlyMemory<Pfn> frames)
    {
        foreach (Pfn frame in frames.Span)
        {
            if (memory.IsReserved(frame))
            {
                continue;
            }

            if (_pins)
            {
                memory.Unpin(frame, dirty: (mapping.Prot & IommuProt.Write) != 0);
            }
            else
            {
                memory.Put(frame);
            }
        }
    }

    /// <summary>The mapping holds its memory; posted: the thread-group leader is asked, which has none once it exited (E17).</summary>
    private AddressSpace? MmOf(DmaMapping mapping) => kernel.IsPosted(Erratum.E17) ? mapping.Task.Mm : mapping.Mm;

    private PinFlags PinFlagsFor(bool isWrite) =>
        (isWrite ? PinFlags.Write : PinFlags.None) | (kernel.IsPosted(Erratum.E15) ? PinFlags.LongTerm : PinFlags.None);
}
