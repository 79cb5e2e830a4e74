using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1.Patches.EnableIopf;

/// <summary>Patch 5 as posted: neither an earlier ENABLE_IOPF nor mappings are in the way.</summary>
/// <remarks>Kernel: <c>vfio_iommu_type1_enable_iopf</c> of the posting.</remarks>
internal sealed class PostedEnableIopfCommand(HostKernel kernel, IopfSwitch iopf, IAddressSpaceWatch watch, FaultingDevices devices)
    : EnableIopfCommand(kernel, iopf, watch, devices), IAsPosted
{
    private readonly IRepeatedWatch? _repeated = watch as IRepeatedWatch;

    // What these ask for is reached only if mappings made before are let through.
    private static readonly ErrataSet WithMappings = ErrataSet.Of(Erratum.E37, Erratum.E38, Erratum.E61, Erratum.E65);

    public static ErrataSet Errata { get; } = ErrataSet.Of(Erratum.E37, Erratum.E38, Erratum.E39, Erratum.E61, Erratum.E65);

    protected override bool IsBusy(Type1Container container) =>
        (container.IsIopfEnabled && !Kernel.IsPosted(Erratum.E39)) || (container.Mappings.Count > 0 && !Kernel.Errata.Intersects(WithMappings));

    /// <summary>A second call registers the notifier that is registered already (E39).</summary>
    protected override Errno Watch(Type1Container container, AddressSpace mm) =>
        container.IsIopfEnabled && _repeated is not null ? _repeated.WatchAgain(container, mm) : base.Watch(container, mm);
}
