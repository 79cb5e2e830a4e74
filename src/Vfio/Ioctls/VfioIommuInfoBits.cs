namespace Iopf.Vfio;

/// <summary>Which parts of <see cref="VfioIommuInfo"/> are valid.</summary>
/// <remarks>Kernel: <c>VFIO_IOMMU_INFO_*</c>.</remarks>
[Flags]
public enum VfioIommuInfoBits : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The page sizes.</summary>
    PageSizes = 1,

    /// <summary>The offset of the capability chain.</summary>
    Capabilities = 2,
}
