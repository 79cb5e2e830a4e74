using Iopf.Iommu;

namespace Iopf.VfioType1;

/// <summary>One IOMMU group of a container.</summary>
/// <remarks>Kernel: <c>struct vfio_group</c> of the type1 backend.</remarks>
/// <param name="iommuGroup">The IOMMU group.</param>
/// <param name="isMediated">Whether its devices are mediated ones without an IOMMU of their own.</param>
public sealed class Type1Group(IommuGroup iommuGroup, bool isMediated)
{
    /// <summary>The IOMMU group.</summary>
    public IommuGroup IommuGroup { get; } = iommuGroup;

    /// <summary>The group that is put into a domain for it: its own, or that of the device that backs its mediated device.</summary>
    /// <remarks>Kernel: the choice of <c>vfio_iommu_attach_group</c>.</remarks>
    public IommuGroup Translated { get; } = iommuGroup.Devices is [{ BackingDevice.Group: { } backing }, ..] ? backing : iommuGroup;

    /// <summary>Whether its devices are mediated ones.</summary>
    public bool IsMediated { get; } = isMediated;

    /// <summary>Whether its devices write only to pages that were pinned for them.</summary>
    /// <remarks>Kernel: <c>pinned_page_dirty_scope</c>.</remarks>
    public bool HasPinnedDirtyScope { get; set; }
}
