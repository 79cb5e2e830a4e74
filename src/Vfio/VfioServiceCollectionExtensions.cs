using Iopf.Vfio;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The VFIO core as it is without the patches.</summary>
public static class VfioServiceCollectionExtensions
{
    /// <summary>Adds the VFIO core; backends are the registered <see cref="IVfioIommuBackend"/> services.</summary>
    /// <param name="services">The services of the model.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddVfio(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddIommu();
        services.TryAddScoped<VfioCore>();
        services.TryAddScoped<IVfioDevices>(provider => provider.GetRequiredService<VfioCore>());
        services.TryAddScoped<Func<IVfioDevices>>(provider => provider.GetRequiredService<IVfioDevices>);
        services.TryAddScoped<VendorDriverApi>();
        services.TryAddScoped<INestedFaultRegistration, NoNestedRegistration>();
        services.TryAddScoped<IGuestFaultDelivery, NoGuestDelivery>();
        return services;
    }
}
