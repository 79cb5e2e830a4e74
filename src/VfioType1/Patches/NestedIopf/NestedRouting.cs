using Iopf.Iommu;

namespace Iopf.VfioType1.Patches.NestedIopf;

/// <summary>Patch 8: a stage-1 fault of a nested device is the guest's.</summary>
/// <remarks>
/// Kernel: the first test of <c>vfio_iommu_type1_dma_map_iopf</c>. Deviation: what was registered for the device tells whether it is nested; the
/// domain is not asked, because no lock keeps it in place here (E76).
/// </remarks>
internal sealed class NestedRouting(DeviceFaultHandlers handlers) : IFaultRouting
{
    private const FaultReportCapabilities Nested = FaultReportCapabilities.NestedLevel1 | FaultReportCapabilities.NestedLevel2;

    public FaultRoute RouteOf(Device device, in IommuFault fault) =>
        fault.Stage == FaultStage.Stage1 && (handlers.CapabilitiesOf(device) & Nested) != 0 ? FaultRoute.Guest : FaultRoute.Host;
}
