using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>The order of the posted patch 5: faults are stopped inside iommu-&gt;lock, which their handler waits for (E43).</summary>
/// <remarks>Kernel: <c>vfio_iommu_type1_detach_group</c> of the posting.</remarks>
internal sealed class PostedGroupDetach(
    HostKernel kernel,
    IEnumerable<IGroupAttachStep> steps,
    RemoveMapping removal,
    DirtyLog dirty,
    IDmaMapPolicy policy,
    IInvalidationGuard invalidations,
    IPinScopeRecorder scopes)
    : GroupDetach(kernel, steps, removal, dirty, policy, invalidations, scopes), IAsPosted
{
    public static ErrataSet Errata { get; } = ErrataSet.Of(Erratum.E43);

    /// <summary>An attach that is undone holds the lock already.</summary>
    public override void Leave(Type1Container container, IommuGroup iommuGroup)
    {
        if (container.Lock.IsHeld)
        {
            Take(container, iommuGroup);
        }
        else
        {
            base.Leave(container, iommuGroup);
        }
    }

    protected override void StopAndLeave(Type1Container container, IommuGroup iommuGroup)
    {
        if (!Kernel.IsPosted(Erratum.E43))
        {
            base.StopAndLeave(container, iommuGroup);
            return;
        }

        using (container.Lock.Hold(Function))
        {
            NotifyDetaching(container, iommuGroup);
            Take(container, iommuGroup);
        }
    }
}
