using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1.Patches.NestedIopf;

/// <summary>Patch 8 as posted: the domain is asked (E55, E76), and a fault of another type has the stage that an earlier one left behind (E77).</summary>
/// <remarks>Kernel: <c>vfio_dev_domian_nested</c> in <c>vfio_iommu_type1_dma_map_iopf</c>.</remarks>
internal sealed class PostedNestedRouting(HostKernel kernel, IFaultHandlerRegistry handlers) : NestedRouting(handlers), IAsPosted
{
    // A local that only two types of fault set; what is left of an earlier call stands for it here.
    private bool _wasStage1;

    public static ErrataSet Errata { get; } = ErrataSet.Of(Erratum.E55, Erratum.E76, Erratum.E77);

    public override Result<FaultRoute> RouteOf(Device device, IommuFault fault)
    {
        bool isKnown = fault.Type is FaultType.PageRequest or FaultType.Unrecoverable;
        if (!isKnown && !kernel.IsPosted(Erratum.E77))
        {
            return Errno.EOPNOTSUPP;
        }

        _wasStage1 = isKnown ? fault.Stage == FaultStage.Stage1 : _wasStage1;
        Result<bool> nested = kernel.IsPosted(Erratum.E76) || kernel.IsPosted(Erratum.E55) ? AskDomain(device) : IsNested(device);
        if (!nested.TryGet(out bool isNested, out Errno error))
        {
            return error;
        }

        return isNested && _wasStage1 ? FaultRoute.Guest : FaultRoute.Host;
    }

    /// <summary>Asks the domain for every fault, before any lock is taken that would keep it.</summary>
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
