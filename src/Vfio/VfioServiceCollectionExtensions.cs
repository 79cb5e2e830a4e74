using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Iopf.Vfio;

/// <summary>The VFIO core as it is without the patches.</summary>
public static class VfioServiceCollectionExtensions
{
    /// <summary>Adds the VFIO core; backends are the registered <see cref="IVfioIommuBackend"/> services.</summary>
    /// <param name="services">The services of the model.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddVfio(this IServiceCollection services)
    {
        services.TryAddSingleton<VfioCore>();
        services.TryAddSingleton<IVfioDevices>(provider => provider.GetRequiredService<VfioCore>());
        services.TryAddSingleton<Func<IVfioDevices>>(provider => provider.GetRequiredService<IVfioDevices>);
        services.TryAddSingleton<VendorDriverApi>();
        services.TryAddSingleton<INestedFaultRegistration, NoNestedRegistration>();
        services.TryAddSingleton<IGuestFaultDelivery, NoGuestDelivery>();
        return services;
    }
}
