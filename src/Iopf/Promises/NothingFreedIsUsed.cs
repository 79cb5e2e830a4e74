using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;
using Iopf.VfioType1;

namespace Iopf.Promises;

/// <summary>O1: nothing is used after it is gone.</summary>
internal sealed class NothingFreedIsUsed(Type1Containers containers, PhysicalMemory memory, HostView host) : IInvariantChecker
{
    public string Id => "O1";

    public string Promise => "No object is used after it is free or before it exists, and no fault waits for a handler that is gone.";

    public void Check(bool hasFailed, Action<string> report)
    {
        foreach (Type1Container container in containers.Open)
        {
            foreach (Type1Domain domain in container.Domains)
            {
                domain.Domain.VisitEntries((iova, physical, size) => CheckFrames(container, iova, physical, size, report));
            }
        }

        foreach (Device device in host.Devices)
        {
            if (device.Iommu is { PendingFaultCount: > 0, HasFaultHandler: false } state)
            {
                report($"{device.Name} has {state.PendingFaultCount} faults that wait for a handler, and none is registered");
            }
        }
    }

    private void CheckFrames(Type1Container container, Iova iova, ulong physical, ulong size, Action<string> report)
    {
        for (ulong offset = 0; offset < size; offset += Page.Size)
        {
            Pfn frame = Pfn.OfAddress(physical + offset);
            if (memory.UseOf(frame) == FrameUse.Free)
            {
                report($"{container}, iova {iova.Plus(offset)} leads to {frame}, which is free");
            }
        }
    }
}
