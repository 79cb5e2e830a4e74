using Iopf.ArmSmmuV3;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;
using Iopf.Patches;
using Iopf.Settings;
using Iopf.Vfio;
using Iopf.VfioType1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Iopf;

/// <summary>Composes the model: the kernel without the series, and over it the patches that are on.</summary>
public static class IopfServiceCollectionExtensions
{
    /// <summary>Adds one modeled host. Each container built from the services is a host of its own.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Chooses the patches; all of them if omitted.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddIopfModel(this IServiceCollection services, Action<IopfOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        IopfOptions options = new();
        configure?.Invoke(options);

        services.AddOptions<IopfOptions>().Configure(configured => configured.Patches = options.Patches);
        services.AddOptions<CostOptions>();
        services.TryAddSingleton<Scheduler, InlineScheduler>();
        services.TryAddSingleton(provider => new HostKernel(
            provider.GetRequiredService<Scheduler>(), provider.GetRequiredService<IOptions<CostOptions>>().Value, options.Errata));
        services.TryAddSingleton<PhysicalMemory>();
        services.TryAddSingleton<HostView>();
        services.AddIommu();
        services.AddArmSmmuV3();
        services.AddVfio();
        services.AddVfioType1();

        // The only place where a patch is switched.
        foreach (int number in options.Patches.Numbers)
        {
            PatchCatalog.Get(number).Register(services);
        }

        return services;
    }
}
