using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Registers type1's one handler with the iommu core, for one or both levels of a device's faults.</summary>
/// <remarks>
/// Kernel: <c>iommu_register_device_fault_handler</c>, <c>iommu_update_device_fault_handler</c>. Whoever comes second adds to the registration
/// of the first, so that enabling IOPF and asking for nested faults work in either order (E74).
/// </remarks>
internal class FaultRegistration(HostKernel kernel, DeviceFaultHandlers handlers, Type1FaultEntry entry) : IFaultRegistration
{
    // ENABLE_IOPF and a bus driver may come at once, and whoever is second has to see that it is.
    private readonly KernelMutex _lock = new(kernel.Scheduler, "type1 handler lock");

    protected DeviceFaultHandlers Handlers { get; } = handlers;

    protected Type1FaultEntry Entry { get; } = entry;

    /// <summary>What type1 asked to be told of a device; <see cref="FaultReportCapabilities.None"/> when its handler is not registered.</summary>
    public FaultReportCapabilities CapabilitiesOf(Device device) =>
        Handlers.IsRegistered(device, Entry) ? Handlers.CapabilitiesOf(device) : FaultReportCapabilities.None;

    public Errno Add(Device device, FaultReportCapabilities capabilities)
    {
        using (_lock.Hold())
        {
            return Handlers.IsRegistered(device, Entry) && !kernel.IsPosted(Erratum.E74) // Posted: always registered anew, whoever came first.
                ? Handlers.Update(device, ~FaultReportCapabilities.None, capabilities)
                : Handlers.Register(device, Entry, capabilities);
        }
    }

    public Errno Remove(Device device, FaultReportCapabilities capabilities)
    {
        using (_lock.Hold())
        {
            return (CapabilitiesOf(device) & ~capabilities) == FaultReportCapabilities.None
                ? Handlers.Unregister(device)
                : Handlers.Update(device, ~capabilities, FaultReportCapabilities.None);
        }
    }
}
