using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Iopf.VfioType1.Patches.PageFaultHandler;

/// <summary>Patch 2/8: vfio/type1: Add a page fault handler.</summary>
public static class PageFaultHandlerServiceCollectionExtensions
{
    /// <summary>Gives type1 a handler for page requests.</summary>
    /// <param name="services">The model's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddPageFaultHandler(this IServiceCollection services)
    {
        services.TryAddSingleton<FaultWorkers>();
        return services.Replace(ServiceDescriptor.Singleton<IHostFaultService>(provider => provider.GetRequiredService<FaultWorkers>()));
    }
}
