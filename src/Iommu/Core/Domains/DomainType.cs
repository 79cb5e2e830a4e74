namespace Iopf.Iommu;

/// <summary>What a domain is for.</summary>
/// <remarks>Kernel: <c>IOMMU_DOMAIN_*</c>.</remarks>
public enum DomainType
{
    /// <summary>Its owner maps what it wants: VFIO.</summary>
    Unmanaged,

    /// <summary>The DMA API maps for drivers of the host.</summary>
    Dma,

    /// <summary>Addresses pass unchanged.</summary>
    Identity,

    /// <summary>Nothing passes.</summary>
    Blocked,
}
