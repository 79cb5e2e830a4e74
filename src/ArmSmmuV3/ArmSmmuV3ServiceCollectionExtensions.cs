using Iopf.ArmSmmuV3.Driver;
using Iopf.Iommu;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Iopf.ArmSmmuV3;

/// <summary>Registers the SMMUv3 driver as it is without the series.</summary>
public static class ArmSmmuV3ServiceCollectionExtensions
{
    /// <summary>Adds the driver and the baseline's answers.</summary>
    /// <param name="services">The services; host kernel, host memory and the iommu core are expected among them.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddArmSmmuV3(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton<IStage2EventPolicy, RefuseStage2Events>();
        services.TryAddSingleton<IStage2Stall, Stage2NeverStalls>();
        services.TryAddSingleton<SvaBonds>();
        services.TryAddSingleton<ArmSmmuDriver>();
        services.TryAddSingleton<IIommuDriver>(provider => provider.GetRequiredService<ArmSmmuDriver>());
        return services;
    }
}
