using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

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
        services.Replace(ServiceDescriptor.Singleton<IDmaMapPolicy, DeferredMap>());
        services.Replace(ServiceDescriptor.Singleton<IExternalPinAccounting, CountUnderIopf>());
        return services.Replace(ServiceDescriptor.Singleton<IDirtyScope, WholeScopeUnderIopf>());
    }
}
