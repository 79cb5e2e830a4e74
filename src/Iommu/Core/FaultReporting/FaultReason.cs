namespace Iopf.Iommu;

/// <summary>Why a transaction was terminated.</summary>
/// <remarks>Kernel: <c>enum iommu_fault_reason</c>; the values are the kernel's.</remarks>
public enum FaultReason
{
    /// <summary>Not known.</summary>
    Unknown,

    /// <summary>The PASID table could not be read.</summary>
    PasidFetch,

    /// <summary>The PASID entry is malformed.</summary>
    BadPasidEntry,

    /// <summary>The PASID is out of range or not set up.</summary>
    PasidInvalid,

    /// <summary>A table could not be read.</summary>
    WalkExternalAbort,

    /// <summary>Nothing is mapped.</summary>
    PteFetch,

    /// <summary>The access is not granted.</summary>
    Permission,

    /// <summary>The access flag is clear.</summary>
    Access,

    /// <summary>An address does not fit its size.</summary>
    OutOfRangeAddress,
}
