using Iopf.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.VfioType1.Patches.DeferredMapping;

/// <summary>Patch 6: a page of a mapping on demand is not accounted by the mapping, so a vendor driver's pin of it is.</summary>
/// <remarks>Kernel: <c>do_accounting</c> under <c>iopf_enabled</c>.</remarks>
internal sealed class CountUnderIopf(HostKernel kernel, [FromKeyedServices(Baseline.Key)] IExternalPinAccounting baseline) : IExternalPinAccounting
{
    public bool Counts(Type1Container container, DmaMapping mapping) => mapping.IsOnDemand
        || (container.IsIopfEnabled && kernel.IsPosted(Erratum.E61)) // Posted: from ENABLE on, pins of every mapping, taken before or after.
        || baseline.Counts(container, mapping);
}
