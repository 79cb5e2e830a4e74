namespace Iopf.ArmSmmuV3.Driver;

/// <summary>Where a guest keeps the stage-1 context descriptors of one of its devices.</summary>
/// <remarks>Kernel: <c>struct iommu_pasid_table_config</c>, assumed from the nested stage series the RFC builds on.</remarks>
/// <param name="ContextDescriptorTableIpa">The linear table's address in the guest's physical space, 64-byte aligned.</param>
/// <param name="PasidBits">log2 of the number of descriptors in the table; 0 for one.</param>
public readonly record struct GuestStage1Config(ulong ContextDescriptorTableIpa, int PasidBits);
