using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Which faults of a device has the iommu core to tell type1?</summary>
/// <remarks>
/// Kernel: <c>iommu_register_device_fault_handler</c>, <c>iommu_update_device_fault_handler</c> as type1 calls them. One answer, with and without
/// patches: <c>FaultRegistration</c>. Asked by patches 5 and 8, in either order (E74).
/// </remarks>
public interface IFaultRegistration
{
    /// <summary>What type1 asked to be told of a device.</summary>
    /// <param name="device">The device.</param>
    /// <returns>The capabilities; <see cref="FaultReportCapabilities.None"/> when its handler is not registered.</returns>
    FaultReportCapabilities CapabilitiesOf(Device device);

    /// <summary>Asks for faults, beside those that are asked for already.</summary>
    /// <param name="device">The device.</param>
    /// <param name="capabilities">Which faults.</param>
    /// <returns><see cref="Errno.None"/>, or why not.</returns>
    Errno Add(Device device, FaultReportCapabilities capabilities);

    /// <summary>Asks for faults no longer; with the last of them the handler goes.</summary>
    /// <param name="device">The device.</param>
    /// <param name="capabilities">Which faults.</param>
    /// <returns><see cref="Errno.None"/>; EBUSY while the last ones are pending.</returns>
    Errno Remove(Device device, FaultReportCapabilities capabilities);
}
