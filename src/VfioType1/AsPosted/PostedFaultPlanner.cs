using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>The look-ups of a fault as posted: they wait for a valid vaddr (E11), and then use the range found before the wait (E67).</summary>
/// <remarks>Kernel: <c>vfio_find_dma_valid</c> in <c>vfio_iommu_type1_dma_map_iopf</c> of the posting.</remarks>
internal sealed class PostedFaultPlanner(HostKernel kernel, IFaultableScope faultable, IFaultWindow window, IInvalidationGuard invalidations)
    : FaultPlanner(kernel, faultable, window, invalidations), IAsPosted
{
    private readonly IScopeChanges? _changes = faultable as IScopeChanges;

    public static ErrataSet Errata { get; } = ErrataSet.Of(Erratum.E11, Erratum.E67);

    protected override DmaMapping? FindMapping(FaultTarget target, Iova page)
    {
        if (!Kernel.IsPosted(Erratum.E11))
        {
            return base.FindMapping(target, page);
        }

        // The lock is dropped until user space makes the vaddr valid, however long that takes.
        long? before = _changes?.GenerationOf(target.Group);
        if (VaddrWaiting.FindValid(target.Container, page, out DmaMapping? found) != Errno.None)
        {
            return null;
        }

        if (Kernel.IsPosted(Erratum.E67) && _changes?.GenerationOf(target.Group) != before)
        {
            throw new KernelOopsException("use after free", Function);
        }

        return found;
    }
}
