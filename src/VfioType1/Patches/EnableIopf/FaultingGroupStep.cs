using Iopf.Kernel;

namespace Iopf.VfioType1.Patches.EnableIopf;

/// <summary>Patch 5: a group that joins a container with IOPF on gets its faults served; one that leaves does not any more.</summary>
/// <remarks>Kernel: the IOPF steps of <c>vfio_iommu_type1_attach_group</c> and <c>vfio_iommu_type1_detach_group</c>, <c>vfio_iommu_type1_release</c>.</remarks>
internal sealed class FaultingGroupStep(HostKernel kernel, IopfSwitch iopf, FaultingDevices devices, IAddressSpaceWatch watch) : IGroupAttachStep
{
    public Errno Attached(Type1Container container, Type1Group group)
    {
        const string Function = "vfio_iommu_type1_attach_group";
        using (iopf.Hold(container, Function))
        {
            return container.IsIopfEnabled ? devices.Start(container, group, Function) : Errno.None;
        }
    }

    public void Detaching(Type1Container container, Type1Group group)
    {
        const string Function = "vfio_iommu_type1_detach_group";
        using (iopf.Hold(container, Function))
        {
            if (container.IsIopfEnabled)
            {
                devices.Stop(group, Function);
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
            else if (container.IsIopfEnabled && kernel.IsPosted(Erratum.E39))
            {
                // Posted: the unwinding of the second ENABLE_IOPF forgot whose memory the first one watches.
                throw new KernelOopsException("NULL pointer dereference", "mmu_notifier_unregister");
            }
        }
    }
}
