using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Registers type1's one handler with the iommu core, for one or both levels of a device's faults.</summary>
/// <remarks>
/// Kernel: <c>iommu_register_device_fault_handler</c>, <c>iommu_update_device_fault_handler</c>. Whoever comes second adds to the registration
/// of the first, so that enabling IOPF and asking for nested faults work in either order (E74).
/// </remarks>
internal sealed class FaultRegistration(HostKernel kernel, DeviceFaultHandlers handlers, Type1FaultEntry entry)
    : IFaultRegistration, IPostedNestedRegistration
{
    // ENABLE_IOPF and a bus driver may come at once, and whoever is second has to see that it is.
    private readonly KernelMutex _lock = new(kernel.Scheduler, "type1 handler lock");

    /// <summary>What type1 asked to be told of a device; <see cref="FaultReportCapabilities.None"/> when its handler is not registered.</summary>
    public FaultReportCapabilities CapabilitiesOf(Device device) =>
        handlers.IsRegistered(device, entry) ? handlers.CapabilitiesOf(device) : FaultReportCapabilities.None;

    public Errno Add(Device device, FaultReportCapabilities capabilities)
    {
        using (_lock.Hold())
        {
            return handlers.IsRegistered(device, entry) && !kernel.IsPosted(Erratum.E74) // Posted: always registered anew, whoever came first.
                ? handlers.Update(device, ~FaultReportCapabilities.None, capabilities)
                : handlers.Register(device, entry, capabilities);
        }
    }

    /// <summary>The posted choice for stage-1 faults: by whether IOPF is on, not by whether the handler is there (E73).</summary>
    public Errno AddNested(Device device, bool isIopfEnabled) =>
        isIopfEnabled
            ? handlers.Update(device, ~FaultReportCapabilities.None, FaultReportCapabilities.NestedLevel1)
            : handlers.Register(device, entry, FaultReportCapabilities.NestedLevel1);

    /// <summary>The posted choice when stage-1 faults are no longer wanted (E73).</summary>
    public Errno RemoveNested(Device device, bool isIopfEnabled) =>
        isIopfEnabled
            ? handlers.Update(device, ~FaultReportCapabilities.NestedLevel1, FaultReportCapabilities.None)
            : handlers.Unregister(device);

    public Errno Remove(Device device, FaultReportCapabilities capabilities)
    {
        using (_lock.Hold())
        {
            return (CapabilitiesOf(device) & ~capabilities) == FaultReportCapabilities.None
                ? handlers.Unregister(device)
                : handlers.Update(device, ~capabilities, FaultReportCapabilities.None);
        }
    }
}
