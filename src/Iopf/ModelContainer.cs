using Iopf.Kernel;
using Iopf.Promises;
using Iopf.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf;

/// <summary>The services of hosts that have the same patches, errata and option values; each host is a scope of it.</summary>
/// <remarks>It holds nothing of a host. Several threads may open scopes at once.</remarks>
internal sealed class ModelContainer
{
    private static readonly ServiceProviderOptions Checked = new() { ValidateScopes = true, ValidateOnBuild = true };

    private readonly ServiceProvider _provider;

    /// <summary>Composes the services.</summary>
    /// <param name="options">Patches and errata.</param>
    /// <param name="isWatched">Whether the invariants are checked.</param>
    /// <param name="bind">Adds the option values.</param>
    /// <param name="change">Puts a caller's own answers over the model's.</param>
    public ModelContainer(IopfOptions options, bool isWatched, Action<IServiceCollection> bind, Action<IServiceCollection>? change)
    {
        ServiceCollection services = new();
        services.AddScoped<MachineScheduler>();
        services.AddScoped(static provider => provider.GetRequiredService<MachineScheduler>().Scheduler);
        services.AddSingleton(options);
        bind(services);
        ModelComposition.Add(services, options.Patches, options.Errata);
        if (isWatched)
        {
            services.AddPromises();
        }

        change?.Invoke(services);
        _provider = services.BuildServiceProvider(Checked);
    }

    /// <summary>Makes services once, so that what cannot be made is told before a host needs it.</summary>
    /// <param name="types">The types they are asked for by.</param>
    /// <exception cref="InvalidOperationException">One cannot be made.</exception>
    public void Require(IEnumerable<Type> types)
    {
        using IServiceScope scope = Open();
        foreach (Type type in types)
        {
            scope.ServiceProvider.GetRequiredService(type);
        }
    }

    /// <summary>Opens the services of one more host.</summary>
    /// <param name="scheduler">Who runs its threads; <see langword="null"/> for a single-threaded scheduler.</param>
    public IServiceScope Open(Scheduler? scheduler = null)
    {
        IServiceScope scope = _provider.CreateScope();
        if (scheduler is not null)
        {
            scope.ServiceProvider.GetRequiredService<MachineScheduler>().Scheduler = scheduler;
        }

        return scope;
    }
}
