using Iopf.Kernel;
using Iopf.VfioType1;
using Iopf.VfioType1.Patches.UnpinnedMapping;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Patch 3/8: vfio/type1: Add an MMU notifier to avoid pinning.</summary>
public static class UnpinnedMappingServiceCollectionExtensions
{
    /// <summary>Maps pages without keeping them pinned: an MMU notifier takes them away from the device when the CPU's mapping changes.</summary>
    /// <param name="services">The model's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddUnpinnedMapping(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.SwitchOn(3);
        services.AddVfioType1();
        services.Answer(ServiceDescriptor.Scoped<IPageSource, TransientReferences>());
        services.Answer(ServiceDescriptor.Scoped<IPageResidency, ReleasedAfterMap>());
        services.Answer(ServiceDescriptor.Scoped<IInvalidationGuard, SequencedInvalidations>());
        return services.Answer(ServiceDescriptor.Scoped<IAddressSpaceWatch, AddressSpaceWatches>());
    }
}
