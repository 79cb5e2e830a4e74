using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Patches;
using Iopf.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Iopf;

/// <summary>Which services a modeled host consists of: the baseline, and over it the patches that are on.</summary>
internal static class ModelComposition
{
    private static readonly Lazy<IReadOnlyList<Type>> LazyServices = new(static () =>
        [.. Add([], PatchSet.None).Select(service => service.ServiceType).Where(IsOfModel).Union(Lists!)]);

    /// <summary>The ports that may have several answers.</summary>
    public static IReadOnlySet<Type> Lists { get; } = new HashSet<Type>
    {
        typeof(Vfio.IVfioIommuBackend), typeof(VfioType1.IContainerCommand), typeof(VfioType1.IGroupAttachStep),
        typeof(IInvariantChecker), typeof(Iommu.IFaultObserver), typeof(VfioType1.IDirtyLogObserver),
    };

    /// <summary>The types that a host's services are asked for by.</summary>
    public static IReadOnlyList<Type> Services => LazyServices.Value;

    /// <summary>Adds the baseline and the patches that are on: one host for each scope of the container.</summary>
    /// <param name="services">The services.</param>
    /// <param name="patches">Which patches are on.</param>
    /// <param name="errata">Which defects of the posted code are on.</param>
    /// <returns>The same services.</returns>
    public static ServiceCollection Add(ServiceCollection services, PatchSet patches, ErrataSet errata = default)
    {
        services.Configure<ErrataOptions>(options => options.Errata = errata);
        services.TryAddSingleton(new IopfOptions { Patches = patches, Errata = errata });
        services.TryAddScoped<HostView>();
        services.AddArmSmmuV3();
        services.AddVfioType1();

        // The only place where a patch is switched.
        foreach (int number in patches.Numbers)
        {
            PatchCatalog.Get(number).Register(services);
        }

        services.AddIommuErrata(errata);
        services.AddVfioType1Errata(errata);
        return services;
    }

    /// <summary>Whether a service is one that a host is made of.</summary>
    /// <param name="type">The type it is asked for by.</param>
    public static bool IsOfModel(Type type) => PatchModules.IsOfModel(type) && !type.IsGenericType && type != typeof(PatchSwitch);
}
