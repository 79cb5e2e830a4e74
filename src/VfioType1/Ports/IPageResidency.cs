using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>What becomes of the hold on pages once a fault has mapped them?</summary>
/// <remarks>
/// Kernel: the end of <c>vfio_iommu_type1_dma_map_iopf</c>. Baseline: <c>PinnedWhileMapped</c>; patch 3 replaces it.
/// Asked from: <c>vfio_iommu_type1_dma_map_iopf</c>.
/// </remarks>
public interface IPageResidency
{
    /// <summary>Disposes of the hold on pages that are mapped now; the container lock is held.</summary>
    /// <param name="mapping">The mapping they belong to.</param>
    /// <param name="frames">The frames, all obtained from <see cref="IPageSource"/>; the caller uses their memory again afterwards.</param>
    void AfterMap(DmaMapping mapping, ReadOnlyMemory<Pfn> frames);
}
