using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Baseline: pages are pinned as for a static mapping and count against the locked-memory limit.</summary>
internal sealed class LongTermPins(RemotePinner pinner) : IPageSource
{
    public Result<int> Obtain(DmaMapping mapping, UserAddress first, IommuProt access, Span<Pfn> frames)
    {
        // A pin for all that the mapping grants keeps device and CPU on one page; where the process may only read, so may the device.
        Result<int> pinned = pinner.Pin(mapping, first, mapping.Prot, frames);
        return pinned.Error == Errno.EFAULT && (access & IommuProt.Write) == 0 ? pinner.Pin(mapping, first, access, frames) : pinned;
    }

    public void Return(DmaMapping mapping, ReadOnlySpan<Pfn> frames) => pinner.Unpin(mapping, frames, accounted: true);
}
