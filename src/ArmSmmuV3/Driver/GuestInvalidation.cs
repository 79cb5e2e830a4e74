using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>What a guest wants its SMMU to forget.</summary>
/// <remarks>Kernel: <c>struct iommu_cache_invalidate_info</c>, assumed from the nested stage series the RFC builds on.</remarks>
/// <param name="Scope">How much is forgotten.</param>
/// <param name="Asid">The guest's ASID, for the scopes that name one.</param>
/// <param name="First">The first address, for <see cref="GuestInvalidationScope.Pages"/>.</param>
/// <param name="PageCount">How many 4 KiB pages from <paramref name="First"/>, for <see cref="GuestInvalidationScope.Pages"/>.</param>
/// <param name="Pasid">The PASID whose descriptor changed, for <see cref="GuestInvalidationScope.ContextDescriptor"/>.</param>
public readonly record struct GuestInvalidation(
    GuestInvalidationScope Scope,
    ushort Asid = 0,
    Iova First = default,
    ulong PageCount = 0,
    uint Pasid = 0);
