using Iopf.Kernel;
using Iopf.Vfio;
using Iopf.Vfio.Patches.NestedIopf;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Patch 8, the VFIO core's half.</summary>
public static class NestedIopfCoreServiceCollectionExtensions
{
    /// <summary>Lets bus drivers ask for stage-1 faults, and hands such faults to them.</summary>
    /// <param name="services">The services of the model.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddNestedIopfCore(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.SwitchOn(8);
        services.AddVfio();
        services.Answer(ServiceDescriptor.Scoped<INestedFaultRegistration, NestedRegistration>());
        services.Answer(ServiceDescriptor.Scoped<IGuestFaultDelivery, TransferToBusDriver>());
        return services;
    }
}
