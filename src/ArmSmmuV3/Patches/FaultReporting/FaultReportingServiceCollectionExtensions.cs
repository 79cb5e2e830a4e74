using Iopf.ArmSmmuV3.Driver;
using Iopf.ArmSmmuV3.Patches.FaultReporting;
using Iopf.Kernel;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Patch 1: evolve the device fault reporting framework.</summary>
public static class FaultReportingServiceCollectionExtensions
{
    /// <summary>Reports stage-2 events with their stage, and lets handlers choose the stages they want.</summary>
    /// <param name="services">The services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddFaultReporting(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.SwitchOn(1);
        services.AddArmSmmuV3();
        services.AddFaultReportingCore();
        services.Answer(ServiceDescriptor.Scoped<IStage2EventPolicy, ReportStage2Events>());
        services.Answer(ServiceDescriptor.Scoped<IStage2Stall, Stage2StallsWithItsMaster>());
        return services;
    }
}
