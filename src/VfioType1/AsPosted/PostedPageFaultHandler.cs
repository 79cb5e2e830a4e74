using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>The fault handler as posted: it maps under the container lock (E23, E25, E26, E32, E36), for a look-up that may be gone (E08).</summary>
/// <remarks>Kernel: <c>vfio_iommu_type1_dma_map_iopf</c> of the posting.</remarks>
internal sealed class PostedPageFaultHandler(
    HostKernel kernel,
    FaultDirectory directory,
    FaultPlanner planner,
    IPageSource pages,
    IInvalidationGuard invalidations,
    FaultedPageMapper mapper,
    PageResponder responder,
    WindowUnderLock windowUnderLock)
    : PageFaultHandler(kernel, directory, planner, pages, invalidations, mapper, responder), IAsPosted
{
    private readonly FaultDirectory _directory = directory;
    private readonly bool _mapsUnderLock = kernel.Errata.Intersects(WindowUnderLock.Errata);

    public static ErrataSet Errata { get; } = ErrataSet.Of([.. WindowUnderLock.Errata.Members, Erratum.E08]);

    protected override PageResponseCode? Plan(in FaultTarget target, Device device, in IommuFault request, long cost, out FaultPlan plan)
    {
        RequireLinked(in target);
        using (target.Container.Lock.Hold(Function))
        {
            RequireLinked(in target);
            PageResponseCode? answer = PlanLocked(in target, device, in request, cost, out plan);
            if (answer is not null || !_mapsUnderLock)
            {
                return answer;
            }

            return windowUnderLock.Map(target.Container, in plan) ? PageResponseCode.Success : PageResponseCode.Invalid;
        }
    }

    /// <summary>The node that was found may be freed by now (E08).</summary>
    private void RequireLinked(in FaultTarget target)
    {
        if (Kernel.IsPosted(Erratum.E08) && (target.Container.IsReleased || !_directory.IsLinked(target.Group)))
        {
            throw new KernelOopsException("use after free", Function);
        }
    }
}
