using Iopf.Iommu;
using Iopf.Iommu.Patches.FaultReporting;
using Iopf.Kernel;

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
        services.SwitchOn(1);
        services.AddIommu();
        services.Answer(ServiceDescriptor.Scoped<IFaultReportFilter, StageAwareFilter>());
        return services.Answer(ServiceDescriptor.Scoped<IFaultHandlerCapabilities, ExclusiveCapabilities>());
    }
}
