namespace Iopf.Iommu;

/// <summary>Why a range of iovas is not to be mapped freely.</summary>
/// <remarks>Kernel: <c>enum iommu_resv_type</c>.</remarks>
public enum ReservedRegionType
{
    /// <summary>Must be mapped one to one.</summary>
    Direct,

    /// <summary>As <see cref="Direct"/>, but user space may ignore it.</summary>
    DirectRelaxable,

    /// <summary>Is never translated.</summary>
    Reserved,

    /// <summary>Is where the hardware takes MSIs.</summary>
    Msi,

    /// <summary>Is where software maps MSI doorbells.</summary>
    SoftwareMsi,
}
