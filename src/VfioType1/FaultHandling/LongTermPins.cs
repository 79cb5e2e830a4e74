using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Baseline: pages are pinned as for a static mapping and count against the locked-memory limit.</summary>
internal sealed class LongTermPins(RemotePinner pinner) : IPageSource
{
    public Result<int> Obtain(DmaMapping mapping, UserAddress first, IommuProt access, Span<Pfn> frames) =>
        pinner.Pin(mapping, first, frames);

    public void Return(DmaMapping mapping, ReadOnlySpan<Pfn> frames) => pinner.Unpin(mapping, frames, accounted: true);
}
