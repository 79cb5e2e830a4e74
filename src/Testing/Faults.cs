using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.Testing;

/// <summary>Faults of a device, as the iommu core reports them and as the SMMU records them.</summary>
public static class Faults
{
    /// <summary>A page request for a read.</summary>
    /// <param name="address">The iova, or the guest-physical address of a stage-2 fault.</param>
    /// <param name="groupId">The page request group; the stall tag (STAG) of an SMMU.</param>
    /// <param name="stage">The stage that has no translation.</param>
    /// <returns>The fault, alone in its group.</returns>
    public static IommuFault Read(Iova address, uint groupId = 1, FaultStage stage = FaultStage.Stage1) =>
        IommuFault.PageRequest(stage, address, FaultPermissions.Read, groupId);

    /// <summary>A page request for a write.</summary>
    /// <param name="address">The iova, or the guest-physical address of a stage-2 fault.</param>
    /// <param name="groupId">The page request group; the stall tag (STAG) of an SMMU.</param>
    /// <param name="stage">The stage that has no translation.</param>
    /// <returns>The fault, alone in its group.</returns>
    public static IommuFault Write(Iova address, uint groupId = 1, FaultStage stage = FaultStage.Stage1) =>
        IommuFault.PageRequest(stage, address, FaultPermissions.Write, groupId);

    /// <summary>The record of a stalled read that stage 2 has no translation for.</summary>
    /// <remarks>F_TRANSLATION with Stall and S2 set, IHI 0070 section 7.3.</remarks>
    /// <param name="streamId">The stream ID.</param>
    /// <param name="address">The input address of the transaction.</param>
    /// <param name="ipa">The intermediate physical address that stage 2 was asked for; a multiple of 4 KiB.</param>
    /// <param name="stallTag">The stall tag (STAG).</param>
    /// <returns>The record.</returns>
    public static EventRecord Stage2Stall(uint streamId, Iova address, ulong ipa, ushort stallTag = 1)
    {
        const ulong stall = 1UL << 31;
        const ulong read = 1UL << 35;
        const ulong stage2 = 1UL << 39;
        const ulong inputAddressClass = 2UL << 40;
        return new EventRecord(
            (ulong)SmmuEventType.F_TRANSLATION | ((ulong)streamId << 32), stallTag | stall | read | stage2 | inputAddressClass, address.Value, ipa & EventRecord.IpaMask);
    }
}
