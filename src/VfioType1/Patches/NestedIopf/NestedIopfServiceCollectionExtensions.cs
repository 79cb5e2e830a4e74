using Iopf.Vfio.Patches.NestedIopf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Iopf.VfioType1.Patches.NestedIopf;

/// <summary>Patch 8/8: vfio: Add nested IOPF support.</summary>
public static class NestedIopfServiceCollectionExtensions
{
    /// <summary>Delivers the stage-1 faults of nested devices to their guests.</summary>
    /// <param name="services">The model's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddNestedIopf(this IServiceCollection services)
    {
        services.AddNestedIopfCore();
        services.Replace(ServiceDescriptor.Singleton<IFaultRouting, NestedRouting>());
        return services.Replace(ServiceDescriptor.Singleton<INestedHandlers, NestedHandlers>());
    }
}
