using Iopf.Kernel;

namespace Iopf.VfioType1.Patches.EnableIopf;

/// <summary>Patch 5: a group that joins a container with IOPF on gets its faults served; one that leaves does not any more.</summary>
/// <remarks>Kernel: the IOPF steps of <c>vfio_iommu_type1_attach_group</c> and <c>vfio_iommu_type1_detach_group</c>, <c>vfio_iommu_type1_release</c>.</remarks>
internal sealed class FaultingGroupStep(IopfSwitch iopf, FaultingDevices devices, IAddressSpaceWatch watch) : IGroupAttachStep
{
    public Errno Attached(Type1Container container, Type1Group group)
    {
        using (iopf.Lock.Hold())
        {
            return container.IsIopfEnabled ? devices.Start(container, group) : Errno.None;
        }
    }

    public void Detaching(Type1Container container, Type1Group group)
    {
        using (iopf.Lock.Hold())
        {
            if (container.IsIopfEnabled)
            {
                devices.Stop(group);
            }
        }
    }

    public void Released(Type1Container container)
    {
        using (iopf.Lock.Hold())
        {
            if (container.IopfOwner is { } owner)
            {
                watch.Unwatch(container, owner);
                container.IopfOwner = null;
            }
        }
    }
}
