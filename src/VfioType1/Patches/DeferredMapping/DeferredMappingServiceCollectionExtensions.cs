using Iopf.Kernel;
using Iopf.Mm;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Iopf.VfioType1.Patches.DeferredMapping;

/// <summary>Patch 6/8: vfio/type1: No need to statically pin and map if IOPF enabled.</summary>
public static class DeferredMappingServiceCollectionExtensions
{
    /// <summary>Lets a container with IOPF on map its pages on demand only.</summary>
    /// <param name="services">The model's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddDeferredMapping(this IServiceCollection services)
    {
        services.AddOptions<DirtyOptions>();

        // Each falls back on the answer it replaces: for a container without IOPF, and for mappings that are not on demand.
        services.Replace(ServiceDescriptor.Singleton<IDmaMapPolicy>(static provider => new DeferredMap(
            provider.GetRequiredService<HostKernel>(),
            provider.GetRequiredService<PhysicalMemory>(),
            provider.GetRequiredService<StaticPinMap>(),
            provider.GetRequiredService<IAddressSpaceWatch>(),
            provider.GetRequiredService<IInvalidationGuard>(),
            provider.GetRequiredService<IPartialUnmapper>())));
        services.Replace(ServiceDescriptor.Singleton<IExternalPinAccounting>(static provider => new CountUnderIopf(
            provider.GetRequiredService<HostKernel>(),
            provider.GetRequiredService<CountWithoutIommu>())));
        return services.Replace(ServiceDescriptor.Singleton<IDirtyScope>(static provider => new WholeScopeUnderIopf(
            provider.GetRequiredService<HostKernel>(),
            provider.GetRequiredService<PinnedOrWholeScope>(),
            provider.GetRequiredService<IInvalidationGuard>(),
            provider.GetRequiredService<IPartialUnmapper>(),
            provider.GetRequiredService<IOptions<DirtyOptions>>())));
    }
}
