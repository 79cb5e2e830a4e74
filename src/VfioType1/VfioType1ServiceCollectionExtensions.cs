using Iopf.Iommu;
using Iopf.Vfio;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Iopf.VfioType1;

/// <summary>The type1 backend as it is without the series.</summary>
public static class VfioType1ServiceCollectionExtensions
{
    /// <summary>Adds the type1 backend and the baseline's answer to every question a patch may answer.</summary>
    /// <param name="services">The model's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddVfioType1(this IServiceCollection services)
    {
        services.AddOptions<Type1Options>();
        services.TryAddSingleton<Type1Containers>();
        AddMappings(services);
        AddPinsAndGroups(services);
        AddFaultHandling(services);
        services.TryAddSingleton<Type1Functions>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IVfioIommuBackend, Type1Backend>());
        return services;
    }

    private static void AddMappings(IServiceCollection services)
    {
        services.TryAddSingleton<PageRunMapper>();
        services.TryAddSingleton<IDomainsMapper>(provider => provider.GetRequiredService<PageRunMapper>());
        services.TryAddSingleton<RemotePinner>();
        services.TryAddSingleton<MapDma>();
        services.TryAddSingleton<UnmapDma>();
        services.TryAddSingleton<RemoveMapping>();
        services.TryAddSingleton<DirtyLog>();
        services.TryAddSingleton<PinnedOrWholeScope>();
        services.TryAddSingleton<IDirtyScope>(provider => provider.GetRequiredService<PinnedOrWholeScope>());
        services.TryAddSingleton<StaticPinMap>();
        services.TryAddSingleton<IDmaMapPolicy>(provider => provider.GetRequiredService<StaticPinMap>());
    }

    private static void AddPinsAndGroups(IServiceCollection services)
    {
        services.TryAddSingleton<ExternalPinning>();
        services.TryAddSingleton<DmaReadWrite>();
        services.TryAddSingleton<CountWithoutIommu>();
        services.TryAddSingleton<IExternalPinAccounting>(provider => provider.GetRequiredService<CountWithoutIommu>());
        services.TryAddSingleton<NoPinScopes>();
        services.TryAddSingleton<IPinScopeRecorder>(provider => provider.GetRequiredService<NoPinScopes>());
        services.TryAddSingleton<IPinScopeView>(provider => provider.GetRequiredService<NoPinScopes>());
        services.TryAddSingleton<GroupAttach>();
        services.TryAddSingleton<GroupDetach>();
        services.TryAddSingleton<ReplayEveryMapping>();
        services.TryAddSingleton<IMappingReplay>(provider => provider.GetRequiredService<ReplayEveryMapping>());
        services.TryAddSingleton<IStaticReplay>(provider => provider.GetRequiredService<ReplayEveryMapping>());
        services.TryAddSingleton<INestedHandlers, NoNestedHandlers>();
    }

    private static void AddFaultHandling(IServiceCollection services)
    {
        services.TryAddSingleton<Type1FaultEntry>();
        services.TryAddSingleton<FaultRegistration>();
        services.TryAddSingleton<IFaultRegistration>(provider => provider.GetRequiredService<FaultRegistration>());
        services.TryAddSingleton<FaultDirectory>();
        services.TryAddSingleton<IFaultingGroups>(provider => provider.GetRequiredService<FaultDirectory>());
        services.TryAddSingleton<FaultPlanner>();
        services.TryAddSingleton<FaultedPageMapper>();
        services.TryAddSingleton<WindowUnderLock>();
        services.TryAddSingleton<MappedPageRemover>();
        services.TryAddSingleton<IPartialUnmapper>(provider => provider.GetRequiredService<MappedPageRemover>());
        services.TryAddTransient<PageFaultHandler>();

        // Each device's worker has a handler of its own.
        services.TryAddSingleton<Func<IFaultGroupHandler>>(provider => provider.GetRequiredService<PageFaultHandler>);
        services.TryAddSingleton<IHostFaultService, NoFaultHandler>();
        services.TryAddSingleton<IFaultRouting, HostOnlyRouting>();
        services.TryAddSingleton<IFaultableScope, WholeSpaceScope>();
        services.TryAddSingleton<IFaultWindow, SinglePageWindow>();
        services.TryAddSingleton<IPageSource, LongTermPins>();
        services.TryAddSingleton<IPageResidency, PinnedWhileMapped>();
        services.TryAddSingleton<IInvalidationGuard, NoInvalidation>();
        services.TryAddSingleton<IAddressSpaceWatch, NoAddressSpaceWatch>();
    }
}
