using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Machine;

namespace Iopf.Promises;

/// <summary>F1: what is reported is what faulted.</summary>
internal sealed class FaultingAddress(HostView host) : IInvariantChecker, IFaultObserver
{
    private readonly List<string> _broken = [];

    public string Id => "F1";

    public string Promise => "The address given to the handler is the faulting address.";

    public void Reported(Device device, IommuFault fault, Errno outcome)
    {
        // A handler may have answered already; then the transaction is gone and cannot be looked at.
        if (outcome != Errno.None
            || fault.Type != FaultType.PageRequest
            || !host.TryFind(device, out SmmuHardware? smmu, out uint streamId)
            || smmu!.StalledAddress(streamId, fault.GroupId, out bool isStage2) is not { } stalled)
        {
            return;
        }

        if (isStage2 != (fault.Stage == FaultStage.Stage2))
        {
            _broken.Add($"{device.Name}, STAG 0x{fault.GroupId:x}: {fault.Stage} was reported, but the other stage faulted");
        }
        else if (fault.Address != stalled)
        {
            _broken.Add($"{device.Name}, STAG 0x{fault.GroupId:x}: {fault.Address} was reported, but {stalled} faulted");
        }
    }

    public void Responded(Device device, IommuFault request, PageResponseCode code)
    {
        // Whatever the answer is, the address was right or wrong before.
    }

    public void Check(bool hasFailed, Action<string> report)
    {
        _broken.ForEach(report);
        _broken.Clear();
    }
}
