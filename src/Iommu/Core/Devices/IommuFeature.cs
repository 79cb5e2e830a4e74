namespace Iopf.Iommu;

/// <summary>What an IOMMU driver can switch on for a device.</summary>
/// <remarks>Kernel: <c>enum iommu_dev_features</c>; the values are the kernel's.</remarks>
public enum IommuFeature
{
    /// <summary>Auxiliary domains.</summary>
    Aux = 0,

    /// <summary>Shared virtual addressing.</summary>
    Sva = 1,

    /// <summary>I/O page faults.</summary>
    Iopf = 2,
}
