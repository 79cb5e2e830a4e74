using Iopf.Kernel;

namespace Iopf.Iommu;

/// <summary>One fault of a device: a page request or an unrecoverable fault.</summary>
/// <remarks>Kernel: <c>struct iommu_fault</c>. A value, so that reporting a fault allocates nothing.</remarks>
/// <param name="Type">Which of the two.</param>
/// <param name="Stage">The stage that faulted.</param>
/// <param name="Reason">Why; meaningful for an unrecoverable fault.</param>
/// <param name="Address">The faulting address, to the byte; guest-physical for stage 2.</param>
/// <param name="Permissions">The access.</param>
/// <param name="GroupId">The fault group id of a page request; the STAG of a stalled transaction.</param>
/// <param name="Pasid">The PASID (substream ID), if the transaction had one.</param>
/// <param name="IsLastOfGroup">Whether a page request completes its group.</param>
/// <param name="ResponseNeedsPasid">Whether the answer must name the PASID.</param>
public readonly record struct IommuFault(
    FaultType Type,
    FaultStage Stage,
    FaultReason Reason,
    Iova Address,
    FaultPermissions Permissions,
    uint GroupId,
    uint? Pasid,
    bool IsLastOfGroup,
    bool ResponseNeedsPasid)
{
    /// <summary>A page request that is a group of its own, as a stalled transaction is.</summary>
    /// <param name="stage">The stage that faulted.</param>
    /// <param name="address">The faulting address.</param>
    /// <param name="permissions">The access.</param>
    /// <param name="groupId">The fault group id.</param>
    /// <param name="pasid">The PASID, if there is one.</param>
    /// <returns>The fault.</returns>
    public static IommuFault PageRequest(FaultStage stage, Iova address, FaultPermissions permissions, uint groupId, uint? pasid = null) =>
        new(FaultType.PageRequest, stage, FaultReason.Unknown, address, permissions, groupId, pasid, IsLastOfGroup: true, ResponseNeedsPasid: false);

    /// <summary>A fault whose transaction is gone already.</summary>
    /// <param name="stage">The stage that faulted.</param>
    /// <param name="reason">Why.</param>
    /// <param name="address">The faulting address.</param>
    /// <param name="permissions">The access.</param>
    /// <param name="pasid">The PASID, if there is one.</param>
    /// <returns>The fault.</returns>
    public static IommuFault Unrecoverable(FaultStage stage, FaultReason reason, Iova address, FaultPermissions permissions, uint? pasid = null) =>
        new(FaultType.Unrecoverable, stage, reason, address, permissions, GroupId: 0, pasid, IsLastOfGroup: false, ResponseNeedsPasid: false);
}
