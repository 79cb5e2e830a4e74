namespace Iopf.Machine;

/// <summary>One device behind an SMMU.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Smmu">The SMMU's name.</param>
/// <param name="StreamId">The stream ID its transactions carry.</param>
/// <param name="Group">The number of its IOMMU group.</param>
/// <param name="CanStall">Whether firmware says that its transactions may be held.</param>
/// <param name="PasidBits">How many bits its substream IDs have; 0 = none.</param>
/// <param name="Driver">What is bound to it.</param>
/// <param name="CanTransfer">Whether its VFIO bus driver can hand stage-1 faults to a guest.</param>
public sealed record DeviceSpec(
    string Name, string Smmu, uint StreamId, int Group, bool CanStall, int PasidBits, BoundDriver Driver, bool CanTransfer);
