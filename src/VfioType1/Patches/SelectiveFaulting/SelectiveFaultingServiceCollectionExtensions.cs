using Iopf.Kernel;
using Iopf.VfioType1;
using Iopf.VfioType1.Patches.SelectiveFaulting;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Patch 7/8: vfio/type1: Add selective DMA faulting support.</summary>
public static class SelectiveFaultingServiceCollectionExtensions
{
    /// <summary>Supports devices that can fault only on part of their accesses: what their vendor driver pins never faults.</summary>
    /// <param name="services">The model's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddSelectiveFaulting(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.SwitchOn(7);
        services.AddVfioType1();
        services.TryAddScoped<PinnedScopes>();
        services.Answer(ServiceDescriptor.Scoped<IFaultableScope>(provider => provider.GetRequiredService<PinnedScopes>()));
        services.Answer(ServiceDescriptor.Scoped<IPinScopeView>(provider => provider.GetRequiredService<PinnedScopes>()));
        return services.Answer(ServiceDescriptor.Scoped<IPinScopeRecorder>(provider => provider.GetRequiredService<PinnedScopes>()));
    }
}
