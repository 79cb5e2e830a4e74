using Iopf.Kernel;
using Iopf.VfioType1;
using Iopf.VfioType1.Patches.DeferredMapping;

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
        services.SwitchOn(6);
        services.AddVfioType1();
        services.AddCheckedOptions(configure);

        services.Answer(ServiceDescriptor.Scoped<IDmaMapPolicy, DeferredMap>());
        services.Answer(ServiceDescriptor.Scoped<IExternalPinAccounting, CountUnderIopf>());
        return services.Answer(ServiceDescriptor.Scoped<IDirtyScope, WholeScopeUnderIopf>());
    }
}
