using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Iopf.VfioType1.Patches.EnableIopf;

/// <summary>Patch 5/8: vfio/type1: VFIO_IOMMU_ENABLE_IOPF.</summary>
public static class EnableIopfServiceCollectionExtensions
{
    /// <summary>Adds the ioctl that switches I/O page faults on for a container, and what follows from it when groups come and go.</summary>
    /// <param name="services">The model's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddEnableIopf(this IServiceCollection services)
    {
        services.TryAddSingleton<FaultingDevices>();
        services.TryAddSingleton<IopfSwitch>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IContainerCommand, EnableIopfCommand>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IGroupAttachStep, FaultingGroupStep>());
        return services.Replace(ServiceDescriptor.Singleton<IMappingReplay, ReplayPinnedAndCopyMapped>());
    }
}
