using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1.Patches.UnpinnedMapping;

/// <summary>
/// Patch 3: pages are referenced just long enough to be mapped: no long-term pin (E15), no accounting, no more access than asked for (E14). The
/// mapping holds the address space (E17).
/// </summary>
internal class TransientReferences(PhysicalMemory memory) : IPageSource
{
    protected PhysicalMemory Memory { get; } = memory;

    public virtual Result<int> Obtain(PageOwner owner, UserAddress first, IommuProt access, Memory<Pfn> frames)
    {
        if (!owner.Mm.IsAlive)
        {
            return Errno.ENODEV;
        }

        bool isWrite = (access & IommuProt.Write) != 0;
        Result<int> got = owner.Mm.GetPages(first, frames.Length, isWrite ? MemoryAccess.Write : MemoryAccess.Read, frames.Span);
        return got.Error == Errno.EFAULT ? FollowPfn(owner.Mm, first, isWrite, frames.Span) : got;
    }

    public virtual void Return(PageOwner owner, ReadOnlyMemory<Pfn> frames)
    {
        foreach (Pfn frame in frames.Span)
        {
            if (!Memory.IsReserved(frame))
            {
                Memory.Put(frame);
            }
        }
    }

    /// <summary>Device memory (another device's BAR) has no pages to refer to, only frame numbers.</summary>
    protected static Result<int> FollowPfn(AddressSpace mm, UserAddress first, bool isWrite, Span<Pfn> frames)
    {
        if (!mm.FollowPfn(first, isWrite).TryGet(out Pfn frame, out _))
        {
            return Errno.EFAULT;
        }

        frames[0] = frame;
        return 1;
    }
}
