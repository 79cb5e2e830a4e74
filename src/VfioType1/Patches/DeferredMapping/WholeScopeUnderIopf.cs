using Iopf.Kernel;

namespace Iopf.VfioType1.Patches.DeferredMapping;

/// <summary>Patch 6: the dirty log reports every page of a mapping on demand, and a pin does not narrow that (E70).</summary>
internal sealed class WholeScopeUnderIopf(HostKernel kernel, PinnedOrWholeScope baseline) : IDirtyScope
{
    public bool ReportsAll(Type1Container container, DmaMapping mapping) =>
        (mapping.IsOnDemand && container.NonPinnedGroups > 0) || baseline.ReportsAll(container, mapping);

    public bool PinNarrowsScope(Type1Container container) =>
        (!container.IsIopfEnabled || kernel.IsPosted(Erratum.E70)) // Posted: the first pin narrows the log, though pages outside are mapped writable.
        && baseline.PinNarrowsScope(container);
}
