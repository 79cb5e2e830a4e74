using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>How does a run of pages get into every domain of a container?</summary>
/// <remarks>Kernel: <c>vfio_iommu_map</c>. One answer, with and without patches: <c>PageRunMapper</c>. Asked by patch 7.</remarks>
public interface IDomainsMapper
{
    /// <summary>Maps a physically contiguous run everywhere or nowhere; the container lock is held.</summary>
    /// <param name="container">The container.</param>
    /// <param name="iova">The iova of the first page.</param>
    /// <param name="frame">The first frame.</param>
    /// <param name="pageCount">How many pages.</param>
    /// <param name="prot">Read, write or both.</param>
    /// <returns>The error of the domain that refused; then no domain holds the run.</returns>
    Errno MapEverywhere(Type1Container container, Iova iova, Pfn frame, ulong pageCount, IommuProt prot);
}
