using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Registers type1's one handler with the iommu core, for one or both levels of a device's faults.</summary>
/// <remarks>
/// Kernel: <c>iommu_register_device_fault_handler</c>, <c>iommu_update_device_fault_handler</c>. Whoever comes second adds to the registration
/// of the first, so that enabling IOPF and asking for nested faults work in either order (E74).
/// </remarks>
internal sealed class FaultRegistration(DeviceFaultHandlers handlers, Type1FaultEntry entry)
{
    /// <summary>What type1 asked to be told of a device; <see cref="FaultReportCapabilities.None"/> when its handler is not registered.</summary>
    public FaultReportCapabilities CapabilitiesOf(Device device) =>
        handlers.IsRegistered(device, entry) ? handlers.CapabilitiesOf(device) : FaultReportCapabilities.None;

    public Errno Add(Device device, FaultReportCapabilities capabilities) =>
        handlers.IsRegistered(device, entry)
            ? handlers.Update(device, ~FaultReportCapabilities.None, capabilities)
            : handlers.Register(device, entry, capabilities);

    public Errno Remove(Device device, FaultReportCapabilities capabilities) =>
        (CapabilitiesOf(device) & ~capabilities) == FaultReportCapabilities.None
            ? handlers.Unregister(device)
            : handlers.Update(device, ~capabilities, FaultReportCapabilities.None);
}
