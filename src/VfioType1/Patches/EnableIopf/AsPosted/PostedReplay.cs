using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1.Patches.EnableIopf;

/// <summary>Patch 5 as posted: with IOPF on a domain joins empty, whatever it can hold and whatever was entered before (E47 to E49).</summary>
/// <remarks>Kernel: the test of <c>iopf_enabled</c> before <c>vfio_iommu_replay</c>.</remarks>
internal sealed class PostedReplay(HostKernel kernel, IStaticReplay everyMapping, IInvalidationGuard invalidations)
    : ReplayPinnedAndCopyMapped(everyMapping, invalidations), IAsPosted
{
    public static ErrataSet Errata { get; } = ErrataSet.Of(Erratum.E47, Erratum.E48, Erratum.E49);

    public override Errno Replay(Type1Container container, Type1Domain domain, Process? caller)
    {
        bool isSkipped = container.IsIopfEnabled && (kernel.IsPosted(Erratum.E47) || kernel.IsPosted(Erratum.E48));
        if (!isSkipped)
        {
            return base.Replay(container, domain, caller);
        }

        if (!FitsEveryMapping(container, domain))
        {
            return Errno.EINVAL;
        }

        using (Invalidations.Enter(container))
        {
            container.Domains.Insert(0, domain);
        }

        return Errno.None;
    }

    protected override bool FitsEveryMapping(Type1Container container, Type1Domain domain) =>
        kernel.IsPosted(Erratum.E49) || base.FitsEveryMapping(container, domain);
}
