using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>How many pages does one fault map?</summary>
/// <remarks>
/// Kernel: the window of <c>vfio_iommu_type1_dma_map_iopf</c>. Baseline: <see cref="SinglePageWindow"/>; patch 4 replaces it.
/// Asked from: <c>vfio_iommu_type1_dma_map_iopf</c>.
/// </remarks>
public interface IFaultWindow
{
    /// <summary>Plans the window; the container lock is held.</summary>
    /// <param name="container">The container.</param>
    /// <param name="mapping">The mapping that holds the page.</param>
    /// <param name="page">The faulting page.</param>
    /// <param name="scope">The range that faults may map; contains the page.</param>
    /// <param name="access">The access that faulted.</param>
    /// <returns>A range of whole pages that starts at the faulting page and stays inside mapping and scope.</returns>
    IovaRange Plan(Type1Container container, DmaMapping mapping, Iova page, IovaRange scope, IommuProt access);
}
