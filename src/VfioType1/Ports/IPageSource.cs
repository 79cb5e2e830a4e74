using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>How does a fault obtain pages of the owner's memory, and let go of those it did not map?</summary>
/// <remarks>
/// Kernel: the pinning step of <c>vfio_iommu_type1_dma_map_iopf</c>. Baseline: <c>LongTermPins</c>; patch 3 replaces it.
/// Asked from: <c>vfio_iommu_type1_dma_map_iopf</c>.
/// </remarks>
public interface IPageSource
{
    /// <summary>Obtains pages in ascending order, no lock of ours held; may fault them in, break COW, or wait.</summary>
    /// <param name="owner">Whose pages, as noted when the fault was planned: the mapping may go meanwhile.</param>
    /// <param name="first">The process address of the first page.</param>
    /// <param name="access">The access that is needed.</param>
    /// <param name="frames">Receives the frames; its length is how many pages are asked for.</param>
    /// <returns>How many pages were obtained, at least 1; or the error of the first page.</returns>
    Result<int> Obtain(PageOwner owner, UserAddress first, IommuProt access, Memory<Pfn> frames);

    /// <summary>Lets go of pages that were obtained but not mapped.</summary>
    /// <param name="owner">Whose pages they are.</param>
    /// <param name="frames">The frames; the caller uses their memory again afterwards.</param>
    void Return(PageOwner owner, ReadOnlyMemory<Pfn> frames);
}
