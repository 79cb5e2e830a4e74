using Iopf.Kernel;
using Iopf.VfioType1;
using Iopf.VfioType1.Patches.NestedIopf;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Patch 8/8: vfio: Add nested IOPF support.</summary>
public static class NestedIopfServiceCollectionExtensions
{
    /// <summary>Delivers the stage-1 faults of nested devices to their guests.</summary>
    /// <param name="services">The model's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddNestedIopf(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.SwitchOn(8);
        services.AddVfioType1();
        services.AddNestedIopfCore();
        services.Answer(ServiceDescriptor.Scoped<IFaultRouting, NestedRouting>());
        return services.Answer(ServiceDescriptor.Scoped<INestedHandlers, NestedHandlers>());
    }
}
