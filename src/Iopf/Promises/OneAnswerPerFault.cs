using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Machine;

namespace Iopf.Promises;

/// <summary>R1: every recoverable fault is answered, once, and soon.</summary>
/// <remarks>
/// Under the inline scheduler every thread has run to its end when an operation is over: a fault of the host that still waits then waits
/// for ever. A stage-1 fault of a nested device is its guest's to answer and may stay open.
/// </remarks>
internal sealed class OneAnswerPerFault(HostView host) : IInvariantChecker, IFaultObserver
{
    private readonly List<Open> _open = [];
    private readonly List<string> _broken = [];

    public string Id => "R1";

    public string Promise => "Every recoverable fault gets exactly one response, in bounded time, not depending on user space.";

    public void Reported(Device device, IommuFault fault, Errno outcome)
    {
        if (outcome == Errno.None && fault is { Type: FaultType.PageRequest, IsLastOfGroup: true })
        {
            // A handler may have answered from inside the report.
            int answered = _open.FindIndex(static open => open.IsAnswered);
            if (answered >= 0 && _open[answered].Is(device, fault.GroupId))
            {
                _open.RemoveAt(answered);
                return;
            }

            bool mayWaitForGuest = fault.Stage == FaultStage.Stage1 && device.Group?.Domain?.LeavesStage1ToGuest == true;
            _open.Add(new Open(device, fault.GroupId, fault.Address, mayWaitForGuest, IsAnswered: false));
        }
    }

    public void Responded(Device device, IommuFault request, PageResponseCode code)
    {
        uint group = request.GroupId;
        for (int i = 0; i < _open.Count; i++)
        {
            if (_open[i].Is(device, group))
            {
                if (_open[i].IsAnswered)
                {
                    _broken.Add($"{device.Name}, iova {request.Address}: group 0x{group:x} was answered twice");
                }
                else
                {
                    _open.RemoveAt(i);
                }

                return;
            }
        }

        _open.Add(new Open(device, group, request.Address, MayWaitForGuest: false, IsAnswered: true));
    }

    public void Check(bool hasFailed, Action<string> report)
    {
        _broken.ForEach(report);
        _broken.Clear();
        foreach (Open open in _open)
        {
            if (open.IsAnswered)
            {
                report($"{open.Device.Name}, iova {open.Address}: group 0x{open.Group:x} was answered, but no such fault waited");
            }
            else if (!open.MayWaitForGuest || open.Device.Iommu?.HasFaultHandler != true)
            {
                report($"{open.Device.Name}, iova {open.Address}: group 0x{open.Group:x} is not answered, and nobody will");
            }
        }

        _open.RemoveAll(static open => open.IsAnswered);
        foreach (SmmuHardware smmu in host.Smmus)
        {
            int pending = PendingBehind(smmu);
            if (smmu.StalledTransactions > pending)
            {
                report($"{smmu.Name} holds {smmu.StalledTransactions} stalled transactions, but only {pending} faults wait for an answer");
            }
        }
    }

    private int PendingBehind(SmmuHardware smmu)
    {
        int pending = 0;
        foreach (Device device in host.Devices)
        {
            pending += host.TryFind(device, out SmmuHardware? its, out _) && its == smmu ? device.Iommu?.PendingFaultCount ?? 0 : 0;
        }

        return pending;
    }

    private readonly record struct Open(Device Device, uint Group, Iova Address, bool MayWaitForGuest, bool IsAnswered)
    {
        public bool Is(Device device, uint group) => Device == device && Group == group;
    }
}
