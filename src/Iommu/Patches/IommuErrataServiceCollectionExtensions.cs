using Iopf.Iommu;
using Iopf.Iommu.Patches.FaultReporting;
using Iopf.Kernel;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The defects of the posted code in the iommu core.</summary>
public static class IommuErrataServiceCollectionExtensions
{
    /// <summary>Puts the posted classes of the iommu core in place; called after the patches are added.</summary>
    /// <param name="services">The model's services.</param>
    /// <param name="errata">The defects that are on.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddIommuErrata(this IServiceCollection services, ErrataSet errata)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services
            .ReplaceAsPosted<DeviceFaultReporter, PostedFaultReporter>(errata)
            .ReplaceAsPosted<StageAwareFilter, PostedStageFilter>(errata);
    }
}
