using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>Turns one event record into a fault of the device it concerns and reports it to the iommu core.</summary>
/// <remarks>Kernel: <c>arm_smmu_handle_evt</c>.</remarks>
internal sealed class EventHandler(HostKernel kernel, IStage2EventPolicy stage2Events, DeviceFaultReporter reporter)
{
    private const string Function = "arm_smmu_handle_evt";

    /// <summary>Handles one record.</summary>
    /// <param name="smmu">The SMMU that wrote it.</param>
    /// <param name="record">The record.</param>
    /// <returns>
    /// EOPNOTSUPP for an event that is not a translation fault; the policy's error for a refused stage-2 event; EINVAL for a stream that no
    /// device has; otherwise what the core's report returned.
    /// </returns>
    internal Errno Handle(ArmSmmuDevice smmu, in EventRecord record)
    {
        FaultReason reason;
        switch (record.Type)
        {
            case SmmuEventType.F_TRANSLATION:
                reason = FaultReason.PteFetch;
                break;
            case SmmuEventType.F_ADDR_SIZE:
                reason = FaultReason.OutOfRangeAddress;
                break;
            case SmmuEventType.F_ACCESS:
                reason = FaultReason.Access;
                break;
            case SmmuEventType.F_PERMISSION:
                reason = FaultReason.Permission;
                break;
            default:
                return Errno.EOPNOTSUPP;
        }

        FaultStage stage = FaultStage.Stage1;
        Iova address = new(record.InputAddress);
        if (record.IsStage2)
        {
            if (!stage2Events.AddressOf(record).TryGet(out address, out Errno refusal))
            {
                return refusal;
            }

            stage = FaultStage.Stage2;
        }

        FaultPermissions permissions = PermissionsOf(record);
        IommuFault fault = record.IsStall
            ? PageRequest(record, stage, address, permissions)
            : Unrecoverable(record, reason, stage, address, permissions);

        using (smmu.StreamsMutex.Hold())
        {
            if (smmu.FindMaster(record.StreamId) is not { } master)
            {
                return Errno.EINVAL;
            }

            // Where stages are not told apart: the way from the device to the handler and back, all at once.
            kernel.Clock.Advance(kernel.Scheduler.KeepsTimelines ? 0 : kernel.Costs.FaultDeliveryNanoseconds);
            kernel.SpendStage(CostStage.Decode);
            kernel.Step(
                TraceLayer.SmmuDriver,
                Function,
                master.Device.Name,
                address,
                new TracePoint(TracePointKind.EventRead)
                {
                    Smmu = smmu.Name,
                    StreamId = record.StreamId,
                    Tag = record.IsStall ? record.StallTag : null,
                },
                $"{fault.Type} of {stage}, stag 0x{record.StallTag:x}");
            Errno result = reporter.Report(master.Device, fault);
            if (result != Errno.None && fault.Type == FaultType.PageRequest)
            {
                RefuseForNobody(master, fault);
            }

            return result;
        }
    }

    private static FaultPermissions PermissionsOf(in EventRecord record)
    {
        FaultPermissions permissions = record.IsRead ? FaultPermissions.Read : FaultPermissions.Write;
        if (record.IsInstruction)
        {
            permissions |= FaultPermissions.Execute;
        }

        return record.IsPrivileged ? permissions | FaultPermissions.Privileged : permissions;
    }

    /// <summary>A stall is a group of one request: its stall tag alone identifies it, so the answer needs no PASID.</summary>
    private static IommuFault PageRequest(in EventRecord record, FaultStage stage, Iova address, FaultPermissions permissions) => new(
        FaultType.PageRequest,
        stage,
        FaultReason.Unknown,
        address,
        permissions,
        GroupId: record.StallTag,
        Pasid: record.SubstreamId,
        IsLastOfGroup: true,
        ResponseNeedsPasid: false);

    private static IommuFault Unrecoverable(
        in EventRecord record,
        FaultReason reason,
        FaultStage stage,
        Iova address,
        FaultPermissions permissions) => new(
        FaultType.Unrecoverable,
        stage,
        reason,
        address,
        permissions,
        GroupId: 0,
        Pasid: record.SubstreamId,
        IsLastOfGroup: false,
        ResponseNeedsPasid: false);

    /// <summary>Nobody cared: the stalled transaction must not wait for ever.</summary>
    private void RefuseForNobody(ArmSmmuMaster master, in IommuFault fault)
    {
        kernel.Step(TraceLayer.SmmuDriver, Function, master.Device.Name, fault.Address, $"nobody cared: aborts stag 0x{fault.GroupId:x}");
        kernel.Tally.ResponsesFailure++;
        StallResponse.Send(master, new PageResponse(fault.GroupId, fault.Pasid, PageResponseCode.Failure));
    }
}
