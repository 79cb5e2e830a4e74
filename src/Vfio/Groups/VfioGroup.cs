using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.Vfio;

/// <summary>An IOMMU group with devices in the hands of VFIO, and the file <c>/dev/vfio/N</c>.</summary>
/// <remarks>Kernel: <c>struct vfio_group</c>.</remarks>
public sealed class VfioGroup
{
    private readonly HostKernel _kernel;
    private readonly VfioCore _core;
    private readonly List<VfioDevice> _devices = [];
    private readonly KernelMutex _deviceLock;
    private readonly WaitQueue _containerGone;

    internal VfioGroup(HostKernel kernel, VfioCore core, IommuGroup iommuGroup)
    {
        _kernel = kernel;
        _core = core;
        IommuGroup = iommuGroup;
        _deviceLock = new KernelMutex(kernel.Scheduler, $"vfio_group.device_lock (group {Id})", "vfio_group.device_lock");
        _containerGone = new WaitQueue(kernel.Scheduler, $"group {Id} to leave its container");
    }

    /// <summary>The number of the IOMMU group and of the file.</summary>
    public int Id => IommuGroup.Id;

    /// <summary>The IOMMU group.</summary>
    public IommuGroup IommuGroup { get; }

    /// <summary>The devices that VFIO bus drivers registered.</summary>
    public IReadOnlyList<VfioDevice> Devices => _devices;

    /// <summary>The container the group is in.</summary>
    public VfioContainer? Container { get; private set; }

    /// <summary>
    /// Who keeps the group in its container: 0 = it is in none; 1 for joining, and 1 per device descriptor and external user.
    /// </summary>
    public int ContainerUsers { get; private set; }

    /// <summary>Whether the file is open; only one open at a time.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>
    /// Whether the group was invented for a device without IOMMU. Only its refusals are modeled: nobody has CAP_SYS_RAWIO.
    /// </summary>
    /// <remarks>Kernel: <c>noiommu</c>.</remarks>
    public bool IsNoIommu { get; set; }

    /// <summary>Whether no device of the IOMMU group is in the hands of a host driver.</summary>
    /// <remarks>Kernel: <c>vfio_group_viable</c>.</remarks>
    public bool IsViable
    {
        get
        {
            using (IommuGroup.Mutex.Hold())
            {
                IReadOnlyList<Device> devices = IommuGroup.Devices;
                for (int i = 0; i < devices.Count; i++)
                {
                    if (!_core.Bindings.IsViable(devices[i]))
                    {
                        return false;
                    }
                }

                return true;
            }
        }
    }

    /// <summary>What GET_STATUS tells.</summary>
    public VfioGroupStatusBits Status =>
        (IsViable ? VfioGroupStatusBits.Viable : VfioGroupStatusBits.None)
        | (Container is not null ? VfioGroupStatusBits.ContainerSet : VfioGroupStatusBits.None);

    /// <summary>The door for ioctls on the group's file.</summary>
    /// <remarks>
    /// Kernel: <c>vfio_group_fops_unl_ioctl</c>. Descriptors are objects here: what takes or yields one is <see cref="SetContainer"/> and
    /// <see cref="GetDeviceFd"/>. Through this door SET_CONTAINER meets a number that no file has (EINVAL if negative, else EBADF), and
    /// GET_DEVICE_FD is not supported.
    /// </remarks>
    /// <param name="caller">Who calls.</param>
    /// <param name="number">The number.</param>
    /// <param name="argument">The argument.</param>
    /// <returns>The answer; ENOTTY for an unknown number; EBADF if the file is not open.</returns>
    public IoctlResult Ioctl(Process caller, uint number, UserArgument argument)
    {
        if (!IsOpen)
        {
            return Errno.EBADF;
        }

        return number switch
        {
            VfioIoctl.GroupGetStatus => GetStatus(argument.Structure),
            VfioIoctl.GroupSetContainer => (int)(uint)argument.Value < 0 ? Errno.EINVAL : Errno.EBADF,
            VfioIoctl.GroupUnsetContainer => UnsetContainer(),
            VfioIoctl.GroupGetDeviceFd => Errno.EOPNOTSUPP,
            _ => Errno.ENOTTY,
        };
    }

    /// <summary>Joins a container.</summary>
    /// <remarks>Kernel: <c>vfio_group_set_container</c>.</remarks>
    /// <param name="caller">Who calls.</param>
    /// <param name="container">The container's descriptor; <see langword="null"/> for a descriptor that is not open.</param>
    /// <returns>
    /// 0; EBADF for a group or container that is not open; EINVAL if the group is in a container; EPERM if it is without IOMMU; the
    /// backend's error if the container has one and the backend refuses the group.
    /// </returns>
    public Errno SetContainer(Process? caller, VfioContainer? container)
    {
        if (!IsOpen)
        {
            return Errno.EBADF;
        }

        if (ContainerUsers != 0)
        {
            return Errno.EINVAL;
        }

        if (IsNoIommu)
        {
            return Errno.EPERM;
        }

        if (container is not { IsOpen: true })
        {
            return Errno.EBADF;
        }

        using (container.GroupLock.HoldWrite())
        {
            Errno error = container.Iommu?.AttachGroup(IommuGroup, caller) ?? Errno.None;
            if (error != Errno.None)
            {
                return error;
            }

            Container = container;
            container.Link(this);
            ContainerUsers = 1;
        }

        _kernel.Step(TraceLayer.Vfio, "vfio_group_set_container", string.Empty, null, $"group {Id} joins {container}");
        return Errno.None;
    }

    /// <summary>Leaves the container.</summary>
    /// <remarks>Kernel: <c>vfio_group_unset_container</c>.</remarks>
    /// <returns>
    /// 0; EBADF if the file is not open; EINVAL if the group is in no container; EBUSY while a device or an external user needs it.
    /// </returns>
    public Errno UnsetContainer()
    {
        if (!IsOpen)
        {
            return Errno.EBADF;
        }

        if (ContainerUsers == 0)
        {
            return Errno.EINVAL;
        }

        if (ContainerUsers != 1)
        {
            return Errno.EBUSY;
        }

        DropContainerUser();
        return Errno.None;
    }

    /// <summary>Opens a device of the group.</summary>
    /// <remarks>Kernel: <c>vfio_group_get_device_fd</c>.</remarks>
    /// <param name="name">The name of the device.</param>
    /// <returns>
    /// The device, with one more descriptor open; EBADF if the file is not open; EINVAL if the group is in no container, the container
    /// has no backend, or the group is not viable; EPERM without IOMMU; ENODEV for a name VFIO does not have here; the bus driver's
    /// error.
    /// </returns>
    public Result<VfioDevice> GetDeviceFd(string name)
    {
        if (!IsOpen)
        {
            return Errno.EBADF;
        }

        if (ContainerUsers == 0 || Container?.Backend is null || !IsViable)
        {
            return Errno.EINVAL;
        }

        if (IsNoIommu)
        {
            return Errno.EPERM;
        }

        if (GetDevice(name) is not { } device)
        {
            return Errno.ENODEV;
        }

        Errno error = device.Open();
        if (error != Errno.None)
        {
            device.Put();
            return error;
        }

        ContainerUsers++;
        return device;
    }

    /// <summary>Closes the file; the group stays in its container while devices of it are open.</summary>
    /// <remarks>Kernel: <c>vfio_group_fops_release</c>.</remarks>
    /// <returns>0, or EBADF if it is not open.</returns>
    public Errno Close()
    {
        if (!IsOpen)
        {
            return Errno.EBADF;
        }

        DropContainerUser();
        IsOpen = false;
        _core.Forget(this);
        return Errno.None;
    }

    /// <summary>Kernel: <c>vfio_group_fops_open</c> once the group is found.</summary>
    internal Errno Open()
    {
        if (IsNoIommu)
        {
            return Errno.EPERM;
        }

        // A container that is still set was left behind by an earlier open: device descriptors keep it.
        if (IsOpen || Container is not null)
        {
            return Errno.EBUSY;
        }

        IsOpen = true;
        return Errno.None;
    }

    /// <summary>An external user keeps the group in its container.</summary>
    /// <remarks>Kernel: <c>vfio_group_add_container_user</c>.</remarks>
    internal Errno AddContainerUser()
    {
        if (ContainerUsers == 0)
        {
            return Errno.EINVAL;
        }

        if (IsNoIommu)
        {
            return Errno.EPERM;
        }

        if (Container?.Backend is null || !IsViable)
        {
            return Errno.EINVAL;
        }

        ContainerUsers++;
        return Errno.None;
    }

    /// <summary>One user less; the last one takes the group out of its container. A group in no container has none to drop.</summary>
    /// <remarks>Kernel: <c>vfio_group_try_dissolve_container</c>, <c>__vfio_group_unset_container</c>.</remarks>
    internal void DropContainerUser()
    {
        if (ContainerUsers == 0 || --ContainerUsers > 0)
        {
            return;
        }

        VfioContainer container = Container!;
        using (container.GroupLock.HoldWrite())
        {
            container.Iommu?.DetachGroup(IommuGroup);
            Container = null;
            _containerGone.WakeAll();
            container.Unlink(this);
        }

        _kernel.Step(TraceLayer.Vfio, "__vfio_group_unset_container", string.Empty, null, $"group {Id} leaves {container}");
    }

    /// <summary>Adds a device unless it is there.</summary>
    internal bool TryAdd(VfioDevice device)
    {
        using (_deviceLock.Hold())
        {
            if (_devices.Exists(other => ReferenceEquals(other.Device, device.Device)))
            {
                return false;
            }

            _devices.Add(device);
            return true;
        }
    }

    /// <summary>Removes a device.</summary>
    internal void Remove(VfioDevice device)
    {
        using (_deviceLock.Hold())
        {
            _devices.Remove(device);
        }
    }

    /// <summary>Finds a device and takes a reference.</summary>
    /// <remarks>Kernel: <c>vfio_group_get_device</c>.</remarks>
    internal VfioDevice? GetDevice(Device device)
    {
        using (_deviceLock.Hold())
        {
            for (int i = 0; i < _devices.Count; i++)
            {
                if (ReferenceEquals(_devices[i].Device, device) && _devices[i].TryGet())
                {
                    return _devices[i];
                }
            }

            return null;
        }
    }

    /// <summary>Sleeps until the group is in no container.</summary>
    internal void WaitUntilOutOfContainer()
    {
        if (Container is not null)
        {
            _containerGone.Wait(() => Container is null);
        }
    }

    private VfioDevice? GetDevice(string name)
    {
        using (_deviceLock.Hold())
        {
            VfioDevice? device = _devices.Find(device => device.Device.Name == name);
            return device is not null && device.TryGet() ? device : null;
        }
    }

    private Errno GetStatus(Span<byte> structure)
    {
        if (!VfioGroupStatus.TryRead(structure, out VfioGroupStatus status))
        {
            return Errno.EFAULT;
        }

        if (status.ArgumentSize < VfioGroupStatus.Size)
        {
            return Errno.EINVAL;
        }

        (status with { Flags = Status }).Write(structure);
        return Errno.None;
    }
}
