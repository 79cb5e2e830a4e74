using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Iopf.VfioType1.Patches.SelectiveFaulting;

/// <summary>Patch 7/8: vfio/type1: Add selective DMA faulting support.</summary>
public static class SelectiveFaultingServiceCollectionExtensions
{
    /// <summary>Supports devices that can fault only on part of their accesses: what their vendor driver pins never faults.</summary>
    /// <param name="services">The model's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddSelectiveFaulting(this IServiceCollection services)
    {
        services.TryAddSingleton<PinnedScopes>();
        services.Replace(ServiceDescriptor.Singleton<IFaultableScope>(provider => provider.GetRequiredService<PinnedScopes>()));
        services.Replace(ServiceDescriptor.Singleton<IPinScopeView>(provider => provider.GetRequiredService<PinnedScopes>()));
        return services.Replace(ServiceDescriptor.Singleton<IPinScopeRecorder>(provider => provider.GetRequiredService<PinnedScopes>()));
    }
}
