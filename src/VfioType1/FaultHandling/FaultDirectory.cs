using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Finds the container of a faulting device.</summary>
/// <param name="kernel">Scheduler and errata.</param>
/// <remarks>
/// Kernel: <c>iopf_group_list</c>, <c>vfio_find_iopf_group</c>. A group is linked before its devices can fault and unlinked after
/// their last fault is answered (E08, E40, E41), so what is found here stays valid while the fault is served.
/// </remarks>
public sealed class FaultDirectory(HostKernel kernel) : IFaultingGroups, ILinkedGroups
{
    private readonly KernelSpinLock _lock = new(kernel.Scheduler, "iopf_group_list_lock");
    private readonly Dictionary<IommuGroup, FaultTarget> _targets = [];

    /// <summary>Links a group.</summary>
    /// <param name="container">Its container.</param>
    /// <param name="group">The group.</param>
    /// <param name="function">The kernel function that allocates the link.</param>
    /// <returns>ENOMEM without memory.</returns>
    public Errno Link(Type1Container container, Type1Group group, string function)
    {
        if (!kernel.Allocates(function))
        {
            return Errno.ENOMEM;
        }

        using (_lock.Hold())
        {
            _targets[group.Translated] = new FaultTarget(container, group);
        }

        return Errno.None;
    }

    /// <summary>Unlinks a group.</summary>
    /// <param name="group">The group.</param>
    /// <returns>Whether it was linked.</returns>
    public bool Unlink(Type1Group group)
    {
        using (_lock.Hold())
        {
            return _targets.Remove(group.Translated);
        }
    }

    /// <summary>The groups that are linked, each with its container.</summary>
    public IEnumerable<(Type1Container Container, IommuGroup Group)> Linked =>
        _targets.Values.Select(target => (target.Container, target.Group.IommuGroup));

    /// <inheritdoc/>
    public bool IsLinked(IommuGroup group) => Linked.Any(linked => ReferenceEquals(linked.Group, group));

    /// <summary>Whether a group is linked now, and by the attachment that is meant.</summary>
    internal bool IsLinked(Type1Group group) => _targets.TryGetValue(group.Translated, out FaultTarget target) && ReferenceEquals(target.Group, group);

    /// <inheritdoc/>
    public bool IsLinked(Device device) => TryFind(device, out _);

    internal bool TryFind(Device device, out FaultTarget target)
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
