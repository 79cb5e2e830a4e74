using Iopf.Kernel;
using Iopf.VfioType1;
using Iopf.VfioType1.Patches.EnableIopf;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Patch 5/8: vfio/type1: VFIO_IOMMU_ENABLE_IOPF.</summary>
public static class EnableIopfServiceCollectionExtensions
{
    /// <summary>Adds the ioctl that switches I/O page faults on for a container, and what follows from it when groups come and go.</summary>
    /// <param name="services">The model's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddEnableIopf(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.SwitchOn(5);
        services.AddVfioType1();
        services.TryAddScoped<FaultingDevices>();
        services.TryAddScoped<IopfSwitch>();
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IContainerCommand, EnableIopfCommand>());
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IGroupAttachStep, FaultingGroupStep>());
        return services.Answer(ServiceDescriptor.Scoped<IMappingReplay, ReplayPinnedAndCopyMapped>());
    }
}
