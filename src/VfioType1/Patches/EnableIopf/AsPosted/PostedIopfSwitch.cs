using Iopf.Kernel;

namespace Iopf.VfioType1.Patches.EnableIopf;

/// <summary>Patch 5 as posted: the container lock, which the fault handler takes too, does this as well (E43, E45).</summary>
/// <remarks>Kernel: <c>iommu-&gt;lock</c> around <c>dev_enable_iopf</c> and <c>dev_disable_iopf</c>.</remarks>
internal sealed class PostedIopfSwitch(HostKernel kernel) : IopfSwitch(kernel), IAsPosted
{
    private readonly bool _isContainerLock = kernel.IsPosted(Erratum.E43) || kernel.IsPosted(Erratum.E45);

    public static ErrataSet Errata { get; } = ErrataSet.Of(Erratum.E43, Erratum.E45);

    public override LockScope Hold(Type1Container container, string function)
    {
        if (!_isContainerLock)
        {
            return base.Hold(container, function);
        }

        // Attach and detach hold it already.
        return container.Lock.IsHeld ? default : container.Lock.Hold(function);
    }
}
