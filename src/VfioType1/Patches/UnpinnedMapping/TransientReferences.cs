using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1.Patches.UnpinnedMapping;

/// <summary>Patch 3: pages are referenced just long enough to be mapped: no long-term pin (E15), no accounting, no more access than asked for (E14).</summary>
internal sealed class TransientReferences(PhysicalMemory memory) : IPageSource
{
    public Result<int> Obtain(DmaMapping mapping, UserAddress first, IommuProt access, Span<Pfn> frames)
    {
        AddressSpace mm = mapping.Mm;
        if (!mm.IsAlive)
        {
            return Errno.ENODEV;
        }

        bool isWrite = (access & IommuProt.Write) != 0;
        Result<int> got = mm.GetPages(first, frames.Length, isWrite ? MemoryAccess.Write : MemoryAccess.Read, frames);
        if (got.Error != Errno.EFAULT)
        {
            return got;
        }

        // Device memory (another device's BAR) has no pages to refer to, only frame numbers.
        if (!mm.FollowPfn(first, isWrite).TryGet(out Pfn frame, out _))
        {
            return Errno.EFAULT;
        }

        frames[0] = frame;
        return 1;
    }

    public void Return(DmaMapping mapping, ReadOnlySpan<Pfn> frames)
    {
        foreach (Pfn frame in frames)
        {
            if (!memory.IsReserved(frame))
            {
                memory.Put(frame);
            }
        }
    }
}
