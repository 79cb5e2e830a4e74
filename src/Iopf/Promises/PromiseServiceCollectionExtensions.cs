using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.VfioType1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Iopf.Promises;

/// <summary>The checkers of the model's promises.</summary>
public static class PromiseServiceCollectionExtensions
{
    /// <summary>Adds a checker for each promise; a host runs without them, too, and then pays nothing for them.</summary>
    /// <param name="services">The model's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddPromises(this IServiceCollection services)
    {
        Add<CurrentTranslations>(services);
        Add<SameInEveryDomain>(services);
        Add<SuccessTranslates>(services);
        Add<OneAnswerPerFault>(services);
        Add<FaultingAddress>(services);
        Add<ServedWhatCanBe>(services);
        Add<LocksGivenBack>(services);
        Add<OrderOfLocks>(services);
        Add<NoForbiddenSleep>(services);
        Add<NobodyHeldUp>(services);
        Add<PinsAndAccounts>(services);
        Add<NothingFreedIsUsed>(services);
        Add<FailureChangesNothing>(services);
        Add<DirtyLogPrecise>(services);
        Add<DirtyLogComplete>(services);
        return services;
    }

    private static void Add<TChecker>(IServiceCollection services)
        where TChecker : class, IInvariantChecker
    {
        services.TryAddScoped<TChecker>();
        services.AddScoped<IInvariantChecker>(provider => provider.GetRequiredService<TChecker>());
        if (typeof(TChecker).IsAssignableTo(typeof(IFaultObserver)))
        {
            services.AddScoped(provider => (IFaultObserver)provider.GetRequiredService<TChecker>());
        }

        if (typeof(TChecker).IsAssignableTo(typeof(IDirtyLogObserver)))
        {
            services.AddScoped(provider => (IDirtyLogObserver)provider.GetRequiredService<TChecker>());
        }
    }
}
