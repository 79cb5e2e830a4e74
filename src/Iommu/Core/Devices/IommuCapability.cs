namespace Iopf.Iommu;

/// <summary>What an IOMMU guarantees for all its devices.</summary>
/// <remarks>Kernel: <c>enum iommu_cap</c>.</remarks>
public enum IommuCapability
{
    /// <summary>DMA can be cache coherent.</summary>
    CacheCoherency,

    /// <summary>Interrupts of devices are isolated by the IOMMU.</summary>
    InterruptRemapping,

    /// <summary>Pages can be made non-executable.</summary>
    NoExecute,
}
