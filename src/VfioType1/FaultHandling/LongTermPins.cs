using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1;

/// <summary>Baseline: pages are pinned as for a static mapping and count against the locked-memory limit.</summary>
internal sealed class LongTermPins(RemotePinner pinner, PhysicalMemory memory) : IPageSource
{
    public Result<int> Obtain(PageOwner owner, UserAddress first, IommuProt access, Memory<Pfn> frames)
    {
        Result<int> pinned = pinner.Pin(in owner, first, owner.Prot, frames.Span);
        if (pinned.Error == Errno.EFAULT && WaitForUserSpace(in owner, first, access))
        {
            pinned = pinner.Pin(in owner, first, owner.Prot, frames.Span);
        }

        // A pin for all that the mapping grants keeps device and CPU on one page; where the process may only read, so may the device.
        return pinned.Error == Errno.EFAULT && (access & IommuProt.Write) == 0 ? pinner.Pin(in owner, first, access, frames.Span) : pinned;
    }

    public void Return(PageOwner owner, ReadOnlyMemory<Pfn> frames) => pinner.Unpin(in owner, frames.Span, accounted: true);

    /// <summary>A pin never waits for user space; whoever may sleep has the page supplied first (E16).</summary>
    private bool WaitForUserSpace(in PageOwner owner, UserAddress page, IommuProt access)
    {
        Span<Pfn> one = [default];
        MemoryAccess needed = (access & IommuProt.Write) != 0 ? MemoryAccess.Write : MemoryAccess.Read;
        if (!owner.Mm.IsAlive || !owner.Mm.GetPages(page, 1, needed, one).IsSuccess)
        {
            return false;
        }

        if (!memory.IsReserved(one[0]))
        {
            memory.Put(one[0]);
        }

        return true;
    }
}
