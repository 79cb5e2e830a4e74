using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Machine;

namespace Iopf.Promises;

/// <summary>P1: an answered fault is over.</summary>
internal sealed class SuccessTranslates(HostKernel kernel, HostView host) : IInvariantChecker, IFaultObserver
{
    private readonly Dictionary<Answered, int> _answered = [];
    private readonly List<string> _broken = [];
    private long _changesSeen;

    public string Id => "P1";

    private readonly Dictionary<(Device Device, uint Group), long> _unmappedAtReport = [];

    public string Promise => "SUCCESS is answered only if the retried access would translate; no fault repeats without a change of state.";

    public void Reporting(Device device, IommuFault fault)
    {
        if (kernel.Scheduler.StopsAtSteps)
        {
            _unmappedAtReport[(device, fault.GroupId)] = kernel.Tally.PagesUnmapped;
        }
    }

    public void Reported(Device device, IommuFault fault, Errno outcome)
    {
        ForgetIfChanged();
        Answered same = Answered.Of(device, in fault);
        if (_answered.TryGetValue(same, out int repeats))
        {
            // Transactions that stalled together fault one after the other; more than the SMMU can hold is one that repeats.
            _answered[same] = ++repeats;
            if (host.TryFind(device, out ArmSmmuV3.Hardware.SmmuHardware? smmu, out _) && repeats == smmu!.StallSlots + 1)
            {
                _broken.Add($"{device.Name}, iova {fault.Address.PageStart} faults again and again although SUCCESS was answered and nothing changed");
            }
        }
    }

    public void Responded(Device device, IommuFault request, PageResponseCode code)
    {
        if (code != PageResponseCode.Success)
        {
            return;
        }

        ForgetIfChanged();

        // Among threads, what the handler entered may have been taken away again before it answers: then the device faults anew, once.
        bool isTakenAway = _unmappedAtReport.Remove((device, request.GroupId), out long unmapped) && unmapped != kernel.Tally.PagesUnmapped;
        if (!isTakenAway && !WouldTranslate(device, in request))
        {
            _broken.Add($"{device.Name}, iova {request.Address}: SUCCESS was answered, but {request.Permissions} would fault again");
        }

        _answered.TryAdd(Answered.Of(device, in request), 0);
    }

    public void Check(bool hasFailed, Action<string> report)
    {
        _broken.ForEach(report);
        _broken.Clear();
        _answered.Clear();
    }

    private bool WouldTranslate(Device device, in IommuFault request)
    {
        bool writes = (request.Permissions & FaultPermissions.Write) != 0;
        if (request.Pasid is { } pasid)
        {
            UserAddress address = new(request.Address.Value);
            return host.Bonds?.Find(device, pasid) is { } mm && (writes ? mm.IsWritableAt(address) : mm.IsResident(address));
        }

        // The guest's own tables are the guest's affair.
        if (device.Group?.Domain is not { } domain || (request.Stage == FaultStage.Stage1 && domain.LeavesStage1ToGuest))
        {
            return true;
        }

        IommuProt wanted = writes ? IommuProt.Write : IommuProt.Read;
        return domain.ProtOf(request.Address) is { } granted && (granted & wanted) == wanted;
    }

    private void ForgetIfChanged()
    {
        long changes = kernel.Tally.PagesMapped + kernel.Tally.PagesUnmapped;
        if (changes != _changesSeen)
        {
            _changesSeen = changes;
            _answered.Clear();
        }
    }

    private readonly record struct Answered(Device Device, Iova Page, uint? Pasid, FaultPermissions Permissions)
    {
        public static Answered Of(Device device, in IommuFault fault) => new(device, fault.Address.PageStart, fault.Pasid, fault.Permissions);
    }
}
