using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Iopf.Iommu;

/// <summary>The iommu core as it is without the series.</summary>
public static class IommuServiceCollectionExtensions
{
    /// <summary>Adds the iommu core.</summary>
    /// <param name="services">The model's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddIommu(this IServiceCollection services)
    {
        services.TryAddSingleton<IFaultReportFilter, AdmitEveryFault>();
        services.TryAddSingleton<IFaultHandlerCapabilities, UncheckedCapabilities>();
        services.TryAddSingleton<PageResponder>();
        services.TryAddSingleton<DeviceFaultHandlers>();
        services.TryAddSingleton<IFaultHandlerRegistry>(provider => provider.GetRequiredService<DeviceFaultHandlers>());
        services.TryAddSingleton<DeviceFaultReporter>();
        services.TryAddSingleton<DeviceFeatures>();
        services.TryAddSingleton<IDeviceFeatures>(provider => provider.GetRequiredService<DeviceFeatures>());
        return services;
    }
}
