using Iopf.Kernel;
using Iopf.VfioType1;
using Iopf.VfioType1.Patches.DeferredMapping;
using Iopf.VfioType1.Patches.EnableIopf;
using Iopf.VfioType1.Patches.NestedIopf;
using Iopf.VfioType1.Patches.PageFaultHandler;
using Iopf.VfioType1.Patches.SelectiveFaulting;
using Iopf.VfioType1.Patches.UnpinnedMapping;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The defects of the posted code in the type1 backend.</summary>
public static class VfioType1ErrataServiceCollectionExtensions
{
    /// <summary>Puts the posted classes of the type1 backend in place; called after the patches are added.</summary>
    /// <param name="services">The model's services.</param>
    /// <param name="errata">The defects that are on.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddVfioType1Errata(this IServiceCollection services, ErrataSet errata)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services
            .ReplaceBaselineAsPosted(errata)
            .ReplaceAsPosted<FaultWorkers, PostedFaultWorkers>(errata)
            .ReplaceAsPosted<TransientReferences, PostedReferences>(errata)
            .ReplaceAsPosted<AddressSpaceWatches, PostedAddressSpaceWatches>(errata)
            .ReplaceAsPosted<FaultingDevices, PostedFaultingDevices>(errata)
            .ReplaceAsPosted<IopfSwitch, PostedIopfSwitch>(errata)
            .ReplaceAsPosted<EnableIopfCommand, PostedEnableIopfCommand>(errata)
            .ReplaceAsPosted<ReplayPinnedAndCopyMapped, PostedReplay>(errata)
            .ReplaceAsPosted<DeferredMap, PostedDeferredMap>(errata)
            .ReplaceAsPosted<PinnedScopes, PostedPinnedScopes>(errata)
            .ReplaceAsPosted<NestedRouting, PostedNestedRouting>(errata)
            .ReplaceAsPosted<NestedHandlers, PostedNestedHandlers>(errata);
    }
}
