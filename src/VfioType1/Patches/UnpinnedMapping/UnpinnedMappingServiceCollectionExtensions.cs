using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Iopf.VfioType1.Patches.UnpinnedMapping;

/// <summary>Patch 3/8: vfio/type1: Add an MMU notifier to avoid pinning.</summary>
public static class UnpinnedMappingServiceCollectionExtensions
{
    /// <summary>Maps pages without keeping them pinned: an MMU notifier takes them away from the device when the CPU's mapping changes.</summary>
    /// <param name="services">The model's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddUnpinnedMapping(this IServiceCollection services)
    {
        services.Replace(ServiceDescriptor.Singleton<IPageSource, TransientReferences>());
        services.Replace(ServiceDescriptor.Singleton<IPageResidency, ReleasedAfterMap>());
        services.Replace(ServiceDescriptor.Singleton<IInvalidationGuard, SequencedInvalidations>());
        return services.Replace(ServiceDescriptor.Singleton<IAddressSpaceWatch, AddressSpaceWatches>());
    }
}
