using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Iopf.Iommu.Patches.FaultReporting;

/// <summary>Patch 1/8, the iommu core's half: iommu: Evolve the device fault reporting framework.</summary>
public static class FaultReportingCoreServiceCollectionExtensions
{
    /// <summary>Lets handlers choose the levels of the faults they are told.</summary>
    /// <param name="services">The model's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddFaultReportingCore(this IServiceCollection services)
    {
        services.Replace(ServiceDescriptor.Singleton<IFaultReportFilter, StageAwareFilter>());
        return services.Replace(ServiceDescriptor.Singleton<IFaultHandlerCapabilities, ExclusiveCapabilities>());
    }
}
