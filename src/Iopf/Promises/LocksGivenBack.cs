using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;
using Iopf.VfioType1;

namespace Iopf.Promises;

/// <summary>L1: what a function locks it unlocks.</summary>
/// <remarks>A thread that returns with a lock held is reported by the scheduler at once; here is looked for locks that stayed behind.</remarks>
internal sealed class LocksGivenBack(Scheduler scheduler, Type1Containers containers, HostView host) : IInvariantChecker
{
    public string Id => "L1";

    public string Promise => "Each function returns with the locks held that it was entered with.";

    public void Check(bool hasFailed, Action<string> report)
    {
        foreach (KernelLock held in Locks().Where(static held => held.IsTaken))
        {
            report($"{held.Name} is still held after the operation");
        }

        if (scheduler.Current.HeldLockCount > 0)
        {
            report($"{scheduler.Current.Name} still holds {scheduler.Current.DescribeHeldLocks()}");
        }
    }

    private IEnumerable<KernelLock> Locks()
    {
        foreach (Type1Container container in containers.Open)
        {
            yield return container.Lock;
            yield return container.PagesLock;
        }

        foreach (Device device in host.Devices)
        {
            if (device.Iommu is { } state)
            {
                yield return state.Lock;
            }
        }

        foreach (Process process in host.Processes)
        {
            if (process.Mm is { } mm)
            {
                yield return mm.MmapLock;
                yield return mm.RmapLock;
                yield return mm.PageTableLock;
            }
        }
    }
}
