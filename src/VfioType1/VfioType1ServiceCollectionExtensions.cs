using Iopf.Iommu;
using Iopf.Vfio;
using Iopf.VfioType1;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The type1 backend as it is without the series.</summary>
public static class VfioType1ServiceCollectionExtensions
{
    /// <summary>Adds the type1 backend and the baseline's answer to every question a patch may answer.</summary>
    /// <param name="services">The model's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddVfioType1(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddVfio();
        services.AddCheckedOptions<Type1Options>();
        services.TryAddScoped<Type1Containers>();
        AddMappings(services);
        AddPinsAndGroups(services);
        AddFaultHandling(services);
        services.TryAddScoped<Type1Functions>();
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IVfioIommuBackend, Type1Backend>());
        return services;
    }

    private static void AddMappings(IServiceCollection services)
    {
        services.TryAddScoped<PageRunMapper>();
        services.TryAddScoped<IDomainsMapper>(provider => provider.GetRequiredService<PageRunMapper>());
        services.TryAddScoped<RemotePinner>();
        services.TryAddScoped<MapDma>();
        services.TryAddScoped<UnmapDma>();
        services.TryAddScoped<RemoveMapping>();
        services.TryAddScoped<DirtyLog>();
        AddBaseline<IDirtyScope, PinnedOrWholeScope>(services);
        AddBaseline<IDmaMapPolicy, StaticPinMap>(services);
    }

    private static void AddPinsAndGroups(IServiceCollection services)
    {
        services.TryAddScoped<ExternalPinning>();
        services.TryAddScoped<DmaReadWrite>();
        AddBaseline<IExternalPinAccounting, CountWithoutIommu>(services);
        services.TryAddScoped<NoPinScopes>();
        services.TryAddScoped<IPinScopeRecorder>(provider => provider.GetRequiredService<NoPinScopes>());
        services.TryAddScoped<IPinScopeView>(provider => provider.GetRequiredService<NoPinScopes>());
        services.TryAddScoped<GroupAttach>();
        services.TryAddScoped<GroupDetach>();
        services.TryAddScoped<ReplayEveryMapping>();
        services.TryAddScoped<IMappingReplay>(provider => provider.GetRequiredService<ReplayEveryMapping>());
        services.TryAddScoped<IStaticReplay>(provider => provider.GetRequiredService<ReplayEveryMapping>());
        services.TryAddScoped<INestedHandlers, NoNestedHandlers>();
    }

    private static void AddFaultHandling(IServiceCollection services)
    {
        services.TryAddScoped<Type1FaultEntry>();
        services.TryAddScoped<FaultRegistration>();
        services.TryAddScoped<IFaultRegistration>(provider => provider.GetRequiredService<FaultRegistration>());
        services.TryAddScoped<FaultDirectory>();
        services.TryAddScoped<IFaultingGroups>(provider => provider.GetRequiredService<FaultDirectory>());
        services.TryAddScoped<FaultPlanner>();
        services.TryAddScoped<FaultedPageMapper>();
        services.TryAddScoped<MappedPageRemover>();
        services.TryAddScoped<IPartialUnmapper>(provider => provider.GetRequiredService<MappedPageRemover>());
        services.TryAddTransient<PageFaultHandler>();

        // Each device's worker has a handler of its own.
        services.TryAddScoped<Func<IFaultGroupHandler>>(provider => provider.GetRequiredService<PageFaultHandler>);
        services.TryAddScoped<IHostFaultService, NoFaultHandler>();
        services.TryAddScoped<IFaultRouting, HostOnlyRouting>();
        services.TryAddScoped<IFaultableScope, WholeSpaceScope>();
        services.TryAddScoped<IFaultWindow, SinglePageWindow>();
        services.TryAddScoped<IPageSource, LongTermPins>();
        services.TryAddScoped<IPageResidency, PinnedWhileMapped>();
        services.TryAddScoped<IInvalidationGuard, NoInvalidation>();
        AddBaseline<IAddressSpaceWatch, NoAddressSpaceWatch>(services);
    }

    /// <summary>Adds an answer that a patch replaces and falls back on.</summary>
    private static void AddBaseline<TPort, TAnswer>(IServiceCollection services)
        where TPort : class
        where TAnswer : class, TPort
    {
        services.TryAddKeyedScoped<TPort, TAnswer>(Baseline.Key);
        services.TryAddScoped(static provider => provider.GetRequiredKeyedService<TPort>(Baseline.Key));
    }
}
