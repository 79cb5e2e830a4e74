using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>The numbers a shared address space has towards devices: the same for all of them.</summary>
/// <remarks>Kernel: <c>mm-&gt;pasid</c>; <c>arm_smmu_alloc_shared_cd</c>, which pins the process's own ASID on the CPUs.</remarks>
/// <param name="Mm">The address space.</param>
/// <param name="Pasid">Its PASID: the substream ID of its traffic.</param>
/// <param name="Asid">The ASID its translations are tagged with.</param>
internal sealed record SharedAddressSpace(AddressSpace Mm, uint Pasid, ushort Asid)
{
    /// <summary>How many bonds need the numbers.</summary>
    internal int References { get; set; }
}
