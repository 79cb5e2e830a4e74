namespace Iopf.ArmSmmuV3.Driver;

/// <summary>How much a guest's invalidation covers.</summary>
/// <remarks>Kernel: <c>enum iommu_inv_granularity</c>, assumed from the nested stage series the RFC builds on.</remarks>
public enum GuestInvalidationScope
{
    /// <summary>Every stage-1 translation of the guest.</summary>
    Domain,

    /// <summary>The stage-1 translations of one ASID.</summary>
    AddressSpace,

    /// <summary>The stage-1 translations of some pages of one ASID.</summary>
    Pages,

    /// <summary>A cached context descriptor.</summary>
    ContextDescriptor,
}
