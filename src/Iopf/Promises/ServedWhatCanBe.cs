using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;
using Iopf.VfioType1;

namespace Iopf.Promises;

/// <summary>F3: no permitted access is turned away while there is memory for it.</summary>
internal sealed class ServedWhatCanBe(
    HostKernel kernel, Type1Containers containers, FaultDirectory directory, PhysicalMemory memory, IFaultableScope scopes)
    : IInvariantChecker, IFaultObserver
{
    private readonly List<string> _broken = [];
    private readonly HashSet<(Device Device, uint Group)> _hopeless = [];
    private int _hits;

    public string Id => "F3";

    public string Promise => "A fault on a valid iova with permitted access is not answered INVALID or FAILURE while a page can be supplied.";

    public void Begin() => _hits = kernel.Failures?.Hits ?? 0;

    public void Reporting(Device device, IommuFault fault)
    {
        // Only among threads does anything change between the report and the answer.
        if (fault.Type != FaultType.PageRequest || !kernel.Scheduler.StopsAtSteps)
        {
            return;
        }

        // What could not be served when it was asked for may be turned away, whatever became of it meanwhile.
        _hopeless.Remove((device, fault.GroupId));
        if (Supplier(device, in fault) is null)
        {
            _hopeless.Add((device, fault.GroupId));
        }
    }

    public void Reported(Device device, IommuFault fault, Errno outcome)
    {
        if (fault.Type == FaultType.PageRequest && kernel.Scheduler.StopsAtSteps && outcome == Errno.ENODEV
            && device.Iommu?.HasFaultHandler == true && !IsLinked(device) && Supplier(device, in fault) is { } mapping)
        {
            // It is let fault, but cannot be found. The driver aborts the transaction; no response passes through the core.
            _broken.Add($"{device.Name}, iova {fault.Address}: nobody knew the device's container, but {mapping} allows {fault.Permissions} and a page is to be had");
        }
    }

    public void Responded(Device device, IommuFault request, PageResponseCode code)
    {
        // A planned failure is a reason to turn an access away.
        if (code == PageResponseCode.Success || kernel.Failures?.Hits > _hits || request.Pasid is not null || IsTheGuests(device, in request))
        {
            return;
        }

        if (_hopeless.Remove((device, request.GroupId)) || Supplier(device, in request) is not { } mapping)
        {
            return;
        }

        _broken.Add($"{device.Name}, iova {request.Address}: {code} was answered, but {mapping} allows {request.Permissions} and a page is to be had");
    }

    /// <summary>The mapping through which a page is to be had now.</summary>
    private DmaMapping? Supplier(Device device, in IommuFault request)
    {
        foreach (Type1Container container in containers.Open)
        {
            if (device.Group is { } group
                && container.FindGroup(group) is { } attached
                && scopes.ScopeOf(attached.Group, request.Address.PageStart) is not null
                && container.Mappings.Find(request.Address) is { IsOnDemand: true, IsVaddrInvalid: false } mapping
                && CanBeSupplied(mapping, in request))
            {
                return mapping;
            }
        }

        return null;
    }

    public void Check(bool hasFailed, Action<string> report)
    {
        _broken.ForEach(report);
        _broken.Clear();
    }

    private static bool IsTheGuests(Device device, in IommuFault request) =>
        request.Stage == FaultStage.Stage1 && device.Group?.Domain?.LeavesStage1ToGuest == true;

    private bool IsLinked(Device device) => directory.Linked.Any(linked => linked.Group == device.Group);

    private bool CanBeSupplied(DmaMapping mapping, in IommuFault request)
    {
        bool writes = (request.Permissions & FaultPermissions.Write) != 0;
        bool isPermitted = (mapping.Prot & (writes ? IommuProt.Write : IommuProt.Read)) != 0;
        UserAddress address = mapping.VaddrOf(request.Address);
        return isPermitted
            && mapping.Mm.Allows(address, writes ? MemoryAccess.Write : MemoryAccess.Read)
            && (mapping.Mm.IsResident(address) || memory.AllocatedFrames < memory.FrameLimit);
    }
}
