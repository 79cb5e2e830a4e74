using Iopf.Kernel;
using Iopf.Mm;
using Iopf.VfioType1;
using Iopf.VfioType1.Patches.DeferredMapping;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Patch 6/8: vfio/type1: No need to statically pin and map if IOPF enabled.</summary>
public static class DeferredMappingServiceCollectionExtensions
{
    /// <summary>Lets a container with IOPF on map its pages on demand only.</summary>
    /// <param name="services">The model's services.</param>
    /// <param name="configure">Chooses what the dirty log of a mapping on demand is made from.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddDeferredMapping(this IServiceCollection services, Action<DirtyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddVfioType1();
        services.AddCheckedOptions(configure);

        // Each falls back on the answer it replaces: for a container without IOPF, and for mappings that are not on demand.
        services.Replace(ServiceDescriptor.Scoped<IDmaMapPolicy>(static provider => new DeferredMap(
            provider.GetRequiredService<HostKernel>(),
            provider.GetRequiredService<PhysicalMemory>(),
            provider.GetRequiredService<StaticPinMap>(),
            provider.GetRequiredService<IAddressSpaceWatch>(),
            provider.GetRequiredService<IInvalidationGuard>(),
            provider.GetRequiredService<IPartialUnmapper>())));
        services.Replace(ServiceDescriptor.Scoped<IExternalPinAccounting>(static provider => new CountUnderIopf(
            provider.GetRequiredService<HostKernel>(),
            provider.GetRequiredService<CountWithoutIommu>())));
        return services.Replace(ServiceDescriptor.Scoped<IDirtyScope>(static provider => new WholeScopeUnderIopf(
            provider.GetRequiredService<HostKernel>(),
            provider.GetRequiredService<PinnedOrWholeScope>(),
            provider.GetRequiredService<IInvalidationGuard>(),
            provider.GetRequiredService<IPartialUnmapper>(),
            provider.GetRequiredService<IOptions<DirtyOptions>>())));
    }
}
