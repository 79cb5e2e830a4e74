using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>What follows from a vendor driver's pin for the faults of its device?</summary>
/// <remarks>
/// Kernel: the <c>struct vfio_range</c> bookkeeping in <c>vfio_iommu_type1_pin_pages</c> and <c>_unpin_pages</c>. Baseline:
/// <see cref="NoPinScopes"/>; patch 7 replaces it. Asked from: those two and from <c>vfio_iommu_type1_detach_group</c>.
/// </remarks>
public interface IPinScopeRecorder
{
    /// <summary>Makes ready for a call that pins pages for a group; the container lock is held.</summary>
    /// <param name="container">The container.</param>
    /// <param name="group">The IOMMU group the vendor driver pins for.</param>
    /// <returns>An error ends the call before anything is pinned.</returns>
    Errno Begin(Type1Container container, IommuGroup group);

    /// <summary>Notes a page that was just pinned for a group; the container lock is held.</summary>
    /// <param name="container">The container.</param>
    /// <param name="group">The IOMMU group the vendor driver pinned for.</param>
    /// <param name="mapping">The mapping that holds the page.</param>
    /// <param name="page">The page's iova.</param>
    /// <param name="frame">The pinned frame.</param>
    /// <returns>An error makes the caller undo the pin.</returns>
    Errno Pinned(Type1Container container, IommuGroup group, DmaMapping mapping, Iova page, Pfn frame);

    /// <summary>Notes that a group is about to give back one pin of a page; the container lock is held.</summary>
    /// <param name="container">The container.</param>
    /// <param name="group">The IOMMU group.</param>
    /// <param name="mapping">The mapping that holds the page.</param>
    /// <param name="page">The page's iova.</param>
    /// <returns>Whether the group holds such a pin; if not, the caller leaves the pin alone (E72).</returns>
    bool Unpinning(Type1Container container, IommuGroup group, DmaMapping mapping, Iova page);

    /// <summary>Forgets what is noted about a mapping that is being removed.</summary>
    /// <param name="container">The container.</param>
    /// <param name="mapping">The mapping.</param>
    void Removed(Type1Container container, DmaMapping mapping);

    /// <summary>Forgets what is noted about a group that leaves the container (E66).</summary>
    /// <param name="container">The container.</param>
    /// <param name="group">The IOMMU group.</param>
    void Left(Type1Container container, IommuGroup group);
}
