using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Iopf.Vfio.Patches.NestedIopf;

/// <summary>Patch 8, the VFIO core's half.</summary>
public static class NestedIopfCoreServiceCollectionExtensions
{
    /// <summary>Lets bus drivers ask for stage-1 faults, and hands such faults to them.</summary>
    /// <param name="services">The services of the model.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddNestedIopfCore(this IServiceCollection services)
    {
        services.Replace(ServiceDescriptor.Singleton<INestedFaultRegistration, NestedRegistration>());
        services.Replace(ServiceDescriptor.Singleton<IGuestFaultDelivery, TransferToBusDriver>());
        return services;
    }
}
