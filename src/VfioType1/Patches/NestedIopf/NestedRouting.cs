using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1.Patches.NestedIopf;

/// <summary>Patch 8: a stage-1 fault of a nested device is the guest's.</summary>
/// <remarks>
/// Kernel: the first test of <c>vfio_iommu_type1_dma_map_iopf</c>. Deviation: what was registered for the device tells whether it is nested; the
/// domain is not asked, because no lock keeps it in place here (E76), and because a domain may be unable to tell (E55).
/// </remarks>
internal class NestedRouting(IFaultHandlerRegistry handlers) : IFaultRouting
{
    private const FaultReportCapabilities Nested = FaultReportCapabilities.NestedLevel1 | FaultReportCapabilities.NestedLevel2;

    public virtual Result<FaultRoute> RouteOf(Device device, IommuFault fault) =>
        fault.Type is not (FaultType.PageRequest or FaultType.Unrecoverable) ? Errno.EOPNOTSUPP
        : fault.Stage == FaultStage.Stage1 && IsNested(device) ? FaultRoute.Guest
        : FaultRoute.Host;

    protected bool IsNested(Device device) => (handlers.CapabilitiesOf(device) & Nested) != 0;
}
