using Iopf.Kernel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Iopf.VfioType1.Patches.DeferredMapping;

/// <summary>Patch 6: the dirty log reports every page of a mapping on demand, and a pin does not narrow that (E70).</summary>
internal sealed class WholeScopeUnderIopf(
    HostKernel kernel,
    [FromKeyedServices(Baseline.Key)] IDirtyScope baseline,
    IInvalidationGuard invalidations,
    IPartialUnmapper unmapper,
    IOptions<DirtyOptions> options)
    : IDirtyScope
{
    private readonly DirtySource _source = options.Value.Source;

    // A policy, not a mistake: the posting reports everything, and says so (E60).
    private bool ReportsEverything => _source == DirtySource.All || kernel.IsPosted(Erratum.E60);

    public bool ReportsAll(Type1Container container, DmaMapping mapping) =>
        (mapping.IsOnDemand && container.NonPinnedGroups > 0 && ReportsEverything) || baseline.ReportsAll(container, mapping);

    public bool PinNarrowsScope(Type1Container container) =>
        (!container.IsIopfEnabled || kernel.IsPosted(Erratum.E70)) // Posted: the first pin narrows the log, though pages outside are mapped writable.
        && baseline.PinNarrowsScope(container);

    public bool LogsFaults(DmaMapping mapping) => mapping.IsOnDemand && !ReportsEverything;

    public void Protect(Type1Container container, DmaMapping mapping)
    {
        if (!LogsFaults(mapping))
        {
            return;
        }

        using (invalidations.Enter(container))
        {
            unmapper.RemoveAll(container, mapping);
        }
    }
}
