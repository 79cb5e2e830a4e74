using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.Iommu;

/// <summary>Serves page requests that carry a PASID by handling the fault in the address space behind it.</summary>
/// <remarks>Kernel: <c>iopf_handle_group</c>, <c>iopf_handle_single</c>.</remarks>
/// <param name="kernel">Clock, costs and trace.</param>
/// <param name="bonds">Which address space a PASID stands for.</param>
/// <param name="responder">Answers.</param>
public sealed class SvaFaultHandler(HostKernel kernel, ISvaBonds bonds, PageResponder responder) : IFaultGroupHandler
{
    /// <inheritdoc/>
    public void Handle(Device device, ReadOnlyMemory<IommuFault> group)
    {
        ReadOnlySpan<IommuFault> requests = group.Span;
        ref readonly IommuFault last = ref requests[^1];
        TracePoint begin = new(TracePointKind.FaultHandled) { Tag = last.GroupId };
        kernel.Step(TraceLayer.IommuCore, "iopf_handle_group", device.Name, requests[0].Address, in begin, $"serves group 0x{last.GroupId:x}");
        PageResponseCode code = PageResponseCode.Success;
        foreach (ref readonly IommuFault request in requests)
        {
            // The first failure decides for the group.
            if (code == PageResponseCode.Success)
            {
                code = HandleSingle(device, in request);
            }
        }

        responder.Respond(device, new PageResponse(last.GroupId, last.ResponseNeedsPasid ? last.Pasid : null, code));
    }

    private PageResponseCode HandleSingle(Device device, in IommuFault fault)
    {
        kernel.Spend(
            CostStage.Handler,
            kernel.Scheduler.KeepsTimelines ? kernel.Costs.SharedHandlerNanoseconds : kernel.Costs.HandlerNanoseconds);
        if (fault.Pasid is not { } pasid || bonds.Find(device, pasid) is not { } mm)
        {
            return PageResponseCode.Invalid;
        }

        UserAddress address = new(fault.Address.Value);
        using (mm.MmapLock.HoldRead())
        {
            Errno error = mm.HandleFault(address, AccessOf(fault.Permissions));
            kernel.Step(TraceLayer.Mm, "handle_mm_fault", device.Name, fault.Address, $"{mm.Name} {fault.Permissions}: {error.ToCName()}");
            return error == Errno.None ? PageResponseCode.Success : PageResponseCode.Invalid;
        }
    }

    private static MemoryAccess AccessOf(FaultPermissions permissions)
    {
        MemoryAccess access = MemoryAccess.None;
        access |= (permissions & FaultPermissions.Read) != 0 ? MemoryAccess.Read : MemoryAccess.None;
        access |= (permissions & FaultPermissions.Write) != 0 ? MemoryAccess.Write : MemoryAccess.None;
        access |= (permissions & FaultPermissions.Execute) != 0 ? MemoryAccess.Execute : MemoryAccess.None;
        return access;
    }
}
