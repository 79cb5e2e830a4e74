using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>The removal of a mapping as posted: what vendor drivers did not give back stays pinned (E66).</summary>
/// <remarks>Kernel: <c>vfio_remove_dma</c> with the range lists of the posting.</remarks>
internal sealed class PostedRemoveMapping(
    HostKernel kernel, IDmaMapPolicy policy, IInvalidationGuard invalidations, IPinScopeRecorder scopes, ExternalPinning pins)
    : RemoveMapping(kernel, policy, invalidations, scopes, pins), IAsPosted
{
    private readonly bool _leaks = kernel.IsPosted(Erratum.E66);

    public static ErrataSet Errata { get; } = ErrataSet.Of(Erratum.E66);

    protected override void ReleasePins(Type1Container container, DmaMapping mapping)
    {
        if (_leaks)
        {
            container.LeakedPins += mapping.ExternalPins.Count;
        }
        else
        {
            base.ReleasePins(container, mapping);
        }
    }
}
