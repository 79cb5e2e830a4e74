using Iopf.Kernel;
using Iopf.VfioType1;
using Iopf.VfioType1.Patches.PageFaultHandler;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Patch 2/8: vfio/type1: Add a page fault handler.</summary>
public static class PageFaultHandlerServiceCollectionExtensions
{
    /// <summary>Gives type1 a handler for page requests.</summary>
    /// <param name="services">The model's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddPageFaultHandler(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.SwitchOn(2);
        services.AddVfioType1();
        services.TryAddScoped<FaultWorkers>();
        return services.Answer(ServiceDescriptor.Scoped<IHostFaultService>(provider => provider.GetRequiredService<FaultWorkers>()));
    }
}
