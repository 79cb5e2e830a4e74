using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1.Patches.NestedIopf;

/// <summary>Patch 8: a stage-1 fault of a nested device is the guest's.</summary>
/// <remarks>
/// Kernel: the first test of <c>vfio_iommu_type1_dma_map_iopf</c>. Deviation: what was registered for the device tells whether it is nested; the
/// domain is not asked, because no lock keeps it in place here (E76), and because a domain may be unable to tell (E55).
/// </remarks>
internal sealed class NestedRouting(HostKernel kernel, IFaultHandlerRegistry handlers) : IFaultRouting
{
    private const FaultReportCapabilities Nested = FaultReportCapabilities.NestedLevel1 | FaultReportCapabilities.NestedLevel2;

    // Posted: a local that only two types of fault set; what is left of an earlier call stands for it here.
    private bool _wasStage1;

    public Result<FaultRoute> RouteOf(Device device, IommuFault fault)
    {
        bool isKnown = fault.Type is FaultType.PageRequest or FaultType.Unrecoverable;
        if (!isKnown && !kernel.IsPosted(Erratum.E77))
        {
            return Errno.EOPNOTSUPP;
        }

        _wasStage1 = isKnown ? fault.Stage == FaultStage.Stage1 : _wasStage1;
        bool isNested = (handlers.CapabilitiesOf(device) & Nested) != 0;
        if (kernel.IsPosted(Erratum.E76) || kernel.IsPosted(Erratum.E55))
        {
            if (!AskDomain(device).TryGet(out isNested, out Errno error))
            {
                return error;
            }
        }

        return isNested && _wasStage1 ? FaultRoute.Guest : FaultRoute.Host;
    }

    /// <summary>Posted: the domain is asked for every fault, before any lock is taken that would keep it.</summary>
    private Result<bool> AskDomain(Device device)
    {
        IommuDomain? domain = device.Group?.Domain;
        kernel.Scheduler.Point("iommu_get_domain_for_dev");
        if (domain is { IsFreed: true } && kernel.IsPosted(Erratum.E76))
        {
            throw new KernelOopsException("use after free", "iommu_domain_get_attr");
        }

        Result<bool> nested = domain?.IsNested ?? false;
        return nested.IsSuccess ? nested : kernel.IsPosted(Erratum.E55) ? Errno.ENODEV : false;
    }
}
