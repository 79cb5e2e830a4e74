using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Iopf.VfioType1.Patches.Premap;

/// <summary>Patch 4/8: vfio/type1: Pre-map more pages than requested in the IOPF handling.</summary>
public static class PremapServiceCollectionExtensions
{
    /// <summary>Lets one fault map a window of pages.</summary>
    /// <param name="services">The model's services.</param>
    /// <param name="configure">Sets the length of the window.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddPremap(this IServiceCollection services, Action<PremapOptions>? configure = null)
    {
        services.AddOptions<PremapOptions>().Configure(configure ?? (_ => { })).ValidateDataAnnotations();
        return services.Replace(ServiceDescriptor.Singleton<IFaultWindow, PremapWindow>());
    }
}
