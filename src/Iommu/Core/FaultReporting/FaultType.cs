namespace Iopf.Iommu;

/// <summary>The kinds of faults.</summary>
/// <remarks>Kernel: <c>enum iommu_fault_type</c>; the values are the kernel's.</remarks>
public enum FaultType
{
    /// <summary>Neither of the others: an event that nobody knows how to handle.</summary>
    Other = 0,

    /// <summary>The transaction is gone already; nobody can answer.</summary>
    Unrecoverable = 1,

    /// <summary>The transaction waits for an answer.</summary>
    PageRequest = 2,
}
