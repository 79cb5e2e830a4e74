using Iopf.Kernel;

namespace Iopf.Iommu;

/// <summary>What the iommu core knows about the handler of a device's faults, for those who did not register it.</summary>
/// <remarks>
/// Kernel: <c>struct iommu_fault_param</c>, <c>iommu_unregister_device_fault_handler</c>. One answer, with and without patches:
/// <see cref="DeviceFaultHandlers"/>. Asked by patches 5 and 8.
/// </remarks>
public interface IFaultHandlerRegistry
{
    /// <summary>What the registered handler of a device wants to be told.</summary>
    /// <param name="device">The device.</param>
    /// <returns>The capabilities; <see cref="FaultReportCapabilities.None"/> without a handler.</returns>
    FaultReportCapabilities CapabilitiesOf(Device device);

    /// <summary>Answers every pending page request INVALID, so that the handler can be unregistered.</summary>
    /// <param name="device">The device.</param>
    void CompletePending(Device device);

    /// <summary>Unregisters the handler; a device without one is left alone.</summary>
    /// <param name="device">The device.</param>
    /// <returns>EINVAL for a device without IOMMU; EBUSY while page requests are pending, and then the handler stays.</returns>
    Errno Unregister(Device device);
}
