using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.Vfio;

/// <summary>What the bus driver that a device is bound to does for the VFIO core.</summary>
/// <remarks>Kernel: <c>struct vfio_device_ops</c>.</remarks>
public interface IVfioDeviceOps
{
    /// <summary>Another descriptor of the device is opened.</summary>
    /// <returns>0, or the driver's error, in which case no descriptor exists.</returns>
    Errno Open();

    /// <summary>A descriptor of the device was closed.</summary>
    void Release();

    /// <summary>Patch 8: hands a stage-1 fault to the guest. Must not allocate, and must not keep the reference to the fault.</summary>
    /// <param name="device">The faulting device.</param>
    /// <param name="fault">The fault.</param>
    /// <returns>
    /// 0 if the guest will answer it; EOPNOTSUPP where the bus driver lacks the operation; any other error: the fault is refused.
    /// </returns>
    Errno Transfer(Device device, IommuFault fault);

    /// <summary>Serves an ioctl on a descriptor of the device.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="number">The number.</param>
    /// <param name="argument">The argument.</param>
    /// <returns>The answer; ENOTTY for an unknown number.</returns>
    IoctlResult Ioctl(Process caller, uint number, UserArgument argument) => Errno.ENOTTY;

    /// <summary>The device is to leave the bus driver while descriptors are open: asks user space to close them.</summary>
    /// <remarks>Kernel: <c>request</c>.</remarks>
    void Request()
    {
    }
}
