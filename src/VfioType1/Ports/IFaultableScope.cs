using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Which pages around a faulting page may be mapped by that fault?</summary>
/// <remarks>
/// Kernel: the range look-up in <c>vfio_iommu_type1_dma_map_iopf</c>. Baseline: <see cref="WholeSpaceScope"/>; patch 7 replaces it.
/// Asked from: <c>vfio_iommu_type1_dma_map_iopf</c>.
/// </remarks>
public interface IFaultableScope
{
    /// <summary>Decides for one faulting page; the container lock is held.</summary>
    /// <param name="group">The faulting device's group.</param>
    /// <param name="page">The page.</param>
    /// <returns>The range around the page that faults may map; <see langword="null"/> when the page may not fault at all.</returns>
    IovaRange? ScopeOf(Type1Group group, Iova page);
}
