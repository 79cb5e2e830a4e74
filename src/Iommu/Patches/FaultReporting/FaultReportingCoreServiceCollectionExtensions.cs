using Iopf.Iommu;
using Iopf.Iommu.Patches.FaultReporting;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Patch 1/8, the iommu core's half: iommu: Evolve the device fault reporting framework.</summary>
public static class FaultReportingCoreServiceCollectionExtensions
{
    /// <summary>Lets handlers choose the levels of the faults they are told.</summary>
    /// <param name="services">The model's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddFaultReportingCore(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddIommu();
        services.Replace(ServiceDescriptor.Scoped<IFaultReportFilter, StageAwareFilter>());
        return services.Replace(ServiceDescriptor.Scoped<IFaultHandlerCapabilities, ExclusiveCapabilities>());
    }
}
