using Iopf.ArmSmmuV3.Driver;
using Iopf.Iommu;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the SMMUv3 driver as it is without the series.</summary>
public static class ArmSmmuV3ServiceCollectionExtensions
{
    /// <summary>Adds the driver and the baseline's answers.</summary>
    /// <param name="services">The services; the iommu core and what it stands on are added with it.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddArmSmmuV3(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddIommu();
        services.TryAddScoped<IStage2EventPolicy, RefuseStage2Events>();
        services.TryAddScoped<IStage2Stall, Stage2NeverStalls>();
        services.TryAddScoped<SvaBonds>();
        services.TryAddScoped<ArmSmmuDriver>();
        services.TryAddScoped<IIommuDriver>(provider => provider.GetRequiredService<ArmSmmuDriver>());
        return services;
    }
}
