using Iopf.Iommu;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The iommu core as it is without the series.</summary>
public static class IommuServiceCollectionExtensions
{
    /// <summary>Adds the iommu core.</summary>
    /// <param name="services">The model's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddIommu(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddMm();
        services.TryAddScoped<IFaultReportFilter, AdmitEveryFault>();
        services.TryAddScoped<IFaultHandlerCapabilities, UncheckedCapabilities>();
        services.TryAddScoped<PageResponder>();
        services.TryAddScoped<DeviceFaultHandlers>();
        services.TryAddScoped<IFaultHandlerRegistry>(provider => provider.GetRequiredService<DeviceFaultHandlers>());
        services.TryAddScoped<DeviceFaultReporter>();
        services.TryAddScoped<DeviceFeatures>();
        services.TryAddScoped<IDeviceFeatures>(provider => provider.GetRequiredService<DeviceFeatures>());
        return services;
    }
}
