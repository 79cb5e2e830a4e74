using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.Vfio.Patches.NestedIopf;

/// <summary>Patch 8: the request travels from the device through its group and container to the backend.</summary>
/// <remarks>
/// Kernel: <c>vfio_iommu_dev_fault_handler_register_nested</c>, <c>vfio_iommu_dev_fault_handler_unregister_nested</c>.
/// Deviation: the backend is called under the container's group_lock (read), so that the group cannot move to another backend meanwhile.
/// </remarks>
/// <param name="core">The VFIO core.</param>
internal sealed class NestedRegistration(IVfioDevices core) : INestedFaultRegistration
{
    /// <inheritdoc/>
    public Errno Register(Device? device)
    {
        if (device is null)
        {
            return Errno.EINVAL;
        }

        if (core.FindGroup(device) is not { } group)
        {
            return Errno.ENODEV;
        }

        Errno error = group.AddContainerUser();
        if (error != Errno.None)
        {
            return error;
        }

        VfioContainer container = group.Container!;
        using (container.GroupLock.HoldRead())
        {
            error = container.Iommu?.RegisterNestedHandler(device) ?? Errno.ENOTTY;
        }

        group.DropContainerUser();
        return error;
    }

    /// <inheritdoc/>
    public Errno Unregister(Device? device)
    {
        if (device is null)
        {
            return Errno.EINVAL;
        }

        if (core.FindGroup(device) is not { } group)
        {
            return Errno.ENODEV;
        }

        Errno error = group.AddContainerUser();
        if (error != Errno.None)
        {
            return error;
        }

        VfioContainer container = group.Container!;
        using (container.GroupLock.HoldRead())
        {
            error = container.Iommu?.UnregisterNestedHandler(device) ?? Errno.ENOTTY;
        }

        group.DropContainerUser();
        return error;
    }
}
