using Iopf.Kernel;

namespace Iopf.Iommu;

/// <summary>Who is told the faults of a device.</summary>
/// <remarks>Kernel: <c>iommu_dev_fault_handler_t</c>.</remarks>
public interface IDeviceFaultHandler
{
    /// <summary>Takes a fault over, or refuses it. Called with the device's param.lock held.</summary>
    /// <param name="device">The device.</param>
    /// <param name="fault">The fault.</param>
    /// <returns><see cref="Errno.None"/> when a page request will be answered; an error leaves that to the caller.</returns>
    Errno Handle(Device device, IommuFault fault);
}
