using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.Vfio;

/// <summary>A device in the hands of a VFIO bus driver, and the file that GET_DEVICE_FD opens.</summary>
/// <remarks>Kernel: <c>struct vfio_device</c>. It is also the bus driver's data of the device (<see cref="Device.DriverData"/>).</remarks>
public sealed class VfioDevice
{
    private readonly HostKernel _kernel;
    private readonly WaitQueue _unused;

    // The registration holds the first reference; it is given back when the bus driver lets the device go.
    private int _references = 1;

    internal VfioDevice(HostKernel kernel, VfioGroup group, Device device, IVfioDeviceOps ops)
    {
        _kernel = kernel;
        Group = group;
        Device = device;
        Ops = ops;
        _unused = new WaitQueue(kernel.Scheduler, "the last reference to a vfio device");
    }

    /// <summary>The group it belongs to.</summary>
    public VfioGroup Group { get; }

    /// <summary>The device itself.</summary>
    public Device Device { get; }

    /// <summary>What its bus driver does.</summary>
    public IVfioDeviceOps Ops { get; }

    /// <summary>How many descriptors of it are open.</summary>
    public int OpenCount { get; private set; }

    /// <summary>The door for ioctls on a descriptor of the device.</summary>
    /// <remarks>Kernel: <c>vfio_device_fops_unl_ioctl</c>.</remarks>
    /// <param name="caller">Who calls.</param>
    /// <param name="number">The number.</param>
    /// <param name="argument">The argument.</param>
    /// <returns>The bus driver's answer; EBADF if no descriptor is open.</returns>
    public IoctlResult Ioctl(Process caller, uint number, UserArgument argument) =>
        OpenCount == 0 ? Errno.EBADF : Ops.Ioctl(caller, number, argument);

    /// <summary>Closes one descriptor; with the last user of the group the group leaves its container.</summary>
    /// <remarks>Kernel: <c>vfio_device_fops_release</c>.</remarks>
    /// <returns>0, or EBADF if no descriptor is open.</returns>
    public Errno Close()
    {
        if (OpenCount == 0)
        {
            return Errno.EBADF;
        }

        OpenCount--;
        Ops.Release();
        Group.DropContainerUser();
        Put();
        _kernel.Step(TraceLayer.Vfio, "vfio_device_fops_release", Device.Name, null, $"closed, {OpenCount} descriptors left");
        return Errno.None;
    }

    /// <summary>Opens one more descriptor. The caller holds a reference, which the descriptor keeps on success.</summary>
    internal Errno Open()
    {
        Errno error = Ops.Open();
        if (error == Errno.None)
        {
            OpenCount++;
            _kernel.Step(TraceLayer.Vfio, "vfio_group_get_device_fd", Device.Name, null, $"open, {OpenCount} descriptors");
        }

        return error;
    }

    /// <summary>Kernel: <c>vfio_device_try_get</c>. Fails once the last reference is gone.</summary>
    internal bool TryGet()
    {
        if (_references == 0)
        {
            return false;
        }

        _references++;
        return true;
    }

    /// <summary>Kernel: <c>vfio_device_put</c>.</summary>
    internal void Put()
    {
        Invariant.Hold(_references > 0, "a vfio device is put as often as it was taken");
        _references--;
        if (_references == 0)
        {
            _unused.WakeAll();
        }
    }

    /// <summary>Gives the registration's reference back and waits for all others.</summary>
    internal void WaitUntilUnused()
    {
        Put();
        if (_references > 0)
        {
            Ops.Request();
            _unused.Wait(() => _references == 0);
        }
    }
}
