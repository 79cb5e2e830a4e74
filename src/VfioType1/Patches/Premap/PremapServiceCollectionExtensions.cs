using Iopf.Kernel;
using Iopf.VfioType1;
using Iopf.VfioType1.Patches.Premap;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Patch 4/8: vfio/type1: Pre-map more pages than requested in the IOPF handling.</summary>
public static class PremapServiceCollectionExtensions
{
    /// <summary>Lets one fault map a window of pages.</summary>
    /// <param name="services">The model's services.</param>
    /// <param name="configure">Sets the length of the window.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddPremap(this IServiceCollection services, Action<PremapOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.SwitchOn(4);
        services.AddVfioType1();
        services.AddCheckedOptions(configure);
        return services.Answer(ServiceDescriptor.Scoped<IFaultWindow, PremapWindow>());
    }
}
