using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.Vfio;

/// <summary>The VFIO core: its groups, its backends, and the two files that user space opens first.</summary>
/// <remarks>Kernel: <c>struct vfio</c>. File descriptors are object references; there is no table of numbers.</remarks>
public sealed class VfioCore : IVfioDevices
{
    private readonly HostKernel _kernel;
    private readonly Dictionary<int, VfioGroup> _groups = [];
    private readonly KernelMutex _groupLock;
    private int _containers;

    /// <summary>Creates a core.</summary>
    /// <param name="kernel">The services of the kernel.</param>
    /// <param name="backends">The backends in the order they are tried.</param>
    public VfioCore(HostKernel kernel, IEnumerable<IVfioIommuBackend> backends)
    {
        _kernel = kernel;
        Backends = [.. backends];
        _groupLock = new KernelMutex(kernel.Scheduler, "vfio.group_lock");
        BackendsLock = new KernelMutex(kernel.Scheduler, "vfio.iommu_drivers_lock");
    }

    /// <summary>Which driver each device is bound to.</summary>
    public DeviceBindings Bindings { get; } = new();

    /// <summary>The backends in the order they are tried.</summary>
    internal IVfioIommuBackend[] Backends { get; }

    /// <summary>Kernel: <c>vfio.iommu_drivers_lock</c>. Taken inside a container's group_lock.</summary>
    internal KernelMutex BackendsLock { get; }

    /// <summary>Opens <c>/dev/vfio/vfio</c>: each open makes a container of its own.</summary>
    /// <remarks>Kernel: <c>vfio_fops_open</c>.</remarks>
    /// <returns>The container, without groups and without a backend.</returns>
    public VfioContainer OpenContainer() => new(_kernel, this, ++_containers);

    /// <summary>Opens <c>/dev/vfio/N</c>.</summary>
    /// <remarks>Kernel: <c>vfio_group_fops_open</c>. No process of the model has CAP_SYS_RAWIO.</remarks>
    /// <param name="id">The number of the IOMMU group.</param>
    /// <returns>
    /// The group; ENODEV if VFIO has no device of it; EPERM if it stands for a device without IOMMU; EBUSY if it is open already, or if
    /// descriptors of its devices outlived an earlier open.
    /// </returns>
    public Result<VfioGroup> OpenGroup(int id)
    {
        VfioGroup? group = FindGroup(id);
        if (group is null)
        {
            return Errno.ENODEV;
        }

        Errno error = group.Open();
        return error == Errno.None ? group : error;
    }

    /// <summary>A bus driver takes a device: VFIO offers it to user space from now on.</summary>
    /// <remarks>Kernel: <c>vfio_register_group_dev</c>, and the bus driver's <c>dev_set_drvdata</c>.</remarks>
    /// <param name="device">The device.</param>
    /// <param name="ops">What the bus driver does.</param>
    /// <returns>VFIO's object for it; EINVAL without an IOMMU group; EBUSY if it is registered already.</returns>
    public Result<VfioDevice> RegisterDevice(Device device, IVfioDeviceOps ops)
    {
        if (device.Group is not { } iommuGroup)
        {
            return Errno.EINVAL;
        }

        VfioGroup group;
        using (_groupLock.Hold())
        {
            if (!_groups.TryGetValue(iommuGroup.Id, out VfioGroup? known))
            {
                known = new VfioGroup(_kernel, this, iommuGroup);
                _groups.Add(iommuGroup.Id, known);
            }

            Invariant.Hold(ReferenceEquals(known.IommuGroup, iommuGroup), "no two IOMMU groups have the same number");
            group = known;
        }

        VfioDevice vfioDevice = new(_kernel, group, device, ops);
        if (!group.TryAdd(vfioDevice))
        {
            return Errno.EBUSY;
        }

        device.DriverData = vfioDevice;
        Bindings.Set(device, DeviceBinding.VfioDriver);
        return vfioDevice;
    }

    /// <summary>
    /// The bus driver lets a device go: sleeps until nobody uses it, and with the last device until the group left its container.
    /// </summary>
    /// <remarks>Kernel: <c>vfio_unregister_group_dev</c>.</remarks>
    /// <param name="vfioDevice">A registered device.</param>
    /// <exception cref="DeadlockException">It is in use, and no thread can close it.</exception>
    public void UnregisterDevice(VfioDevice vfioDevice)
    {
        VfioGroup group = vfioDevice.Group;
        Bindings.Set(vfioDevice.Device, DeviceBinding.BeingUnbound);
        vfioDevice.WaitUntilUnused();
        group.Remove(vfioDevice);
        if (ReferenceEquals(vfioDevice.Device.DriverData, vfioDevice))
        {
            vfioDevice.Device.DriverData = null;
        }

        if (group.Devices.Count == 0)
        {
            group.WaitUntilOutOfContainer();
        }

        Bindings.Set(vfioDevice.Device, DeviceBinding.Driverless);
        Forget(group);
    }

    /// <summary>Looks up VFIO's object for a device and takes a reference, so that it cannot go away while it is used.</summary>
    /// <remarks>Kernel: <c>vfio_device_get_from_dev</c>.</remarks>
    /// <param name="device">The device.</param>
    /// <returns>
    /// The object, to be returned with <see cref="PutDevice"/>; <see langword="null"/> if no VFIO bus driver has the device.
    /// </returns>
    public VfioDevice? GetDevice(Device device) => FindGroup(device)?.GetDevice(device);

    /// <summary>Returns the reference of <see cref="GetDevice"/>.</summary>
    /// <remarks>Kernel: <c>vfio_device_put</c>.</remarks>
    /// <param name="vfioDevice">The object.</param>
    public static void PutDevice(VfioDevice vfioDevice) => vfioDevice.Put();

    /// <summary>Looks up the VFIO group of a device.</summary>
    /// <remarks>Kernel: <c>vfio_group_get_from_dev</c>.</remarks>
    /// <param name="device">The device.</param>
    /// <returns>The group; <see langword="null"/> if VFIO has no device of its IOMMU group.</returns>
    public VfioGroup? FindGroup(Device device)
    {
        if (device.Group is not { } iommuGroup)
        {
            return null;
        }

        using (_groupLock.Hold())
        {
            return _groups.TryGetValue(iommuGroup.Id, out VfioGroup? group) && ReferenceEquals(group.IommuGroup, iommuGroup) ? group : null;
        }
    }

    /// <summary>Drops a group that has no devices and no user left.</summary>
    internal void Forget(VfioGroup group)
    {
        using (_groupLock.Hold())
        {
            if (group.Devices.Count == 0 && !group.IsOpen)
            {
                _groups.Remove(group.Id);
            }
        }
    }

    private VfioGroup? FindGroup(int id)
    {
        using (_groupLock.Hold())
        {
            return _groups.GetValueOrDefault(id);
        }
    }
}
