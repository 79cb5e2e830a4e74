using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Finds the container of a faulting device.</summary>
/// <remarks>
/// Kernel: <c>iopf_group_list</c>, <c>vfio_find_iopf_group</c>. A group is linked before its devices can fault and unlinked after
/// their last fault is answered (E08, E40, E41), so what is found here stays valid while the fault is served.
/// </remarks>
internal sealed class FaultDirectory(HostKernel kernel)
{
    private readonly KernelSpinLock _lock = new(kernel.Scheduler, "iopf_group_list_lock");
    private readonly Dictionary<IommuGroup, FaultTarget> _targets = [];

    public void Link(Type1Container container, Type1Group group)
    {
        using (_lock.Hold())
        {
            _targets.Add(group.IommuGroup, new FaultTarget(container, group));
        }
    }

    public void Unlink(Type1Group group)
    {
        using (_lock.Hold())
        {
            bool found = _targets.Remove(group.IommuGroup);
            Invariant.Hold(found, "only a linked group is unlinked");
        }
    }

    public bool TryFind(Device device, out FaultTarget target)
    {
        target = default;
        if (device.Group is not { } group)
        {
            return false;
        }

        using (_lock.Hold())
        {
            return _targets.TryGetValue(group, out target);
        }
    }
}
