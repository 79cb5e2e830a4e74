using Iopf;
using Iopf.Kernel;
using Iopf.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the model: the kernel without the series, and over it the patches that are on.</summary>
public static class IopfServiceCollectionExtensions
{
    /// <summary>Adds the model with all eight patches and no errata, unless options say otherwise.</summary>
    /// <remarks>
    /// Ask <see cref="ModeledHostFactory"/> for hosts; each has what the options say when it is made. A port that is asked for in a scope belongs to one host of that
    /// scope. A port that the caller registers, before or after, has the last word.
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddIopfModel(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.Any(static service => service.ServiceType == typeof(ComposedModel)))
        {
            return services;
        }

        ModelRegistration registration = new(services);
        foreach (ServiceDescriptor answer in services.Where(static service => ModelComposition.IsOfModel(service.ServiceType) && service.IsOfModel()).ToList())
        {
            services.Remove(answer);
        }

        services.AddSingleton<ComposedModel>();
        services.AddSingleton(registration);
        services.AddSingleton<IPostConfigureOptions<IopfOptions>>(registration);
        services.AddOptions<IopfOptions>();
        SettableOptions.Model.AddTo(services);
        services.AddSingleton<ModelSource>();
        services.TryAddSingleton(static provider => new ModeledHostFactory(provider.GetRequiredService<ModelSource>().Current));
        services.TryAddScoped<MachineServices>();
        foreach (Type port in ModelComposition.Services)
        {
            Type asked = ModelComposition.Lists.Contains(port) ? typeof(IEnumerable<>).MakeGenericType(port) : port;
            services.TryAdd(ServiceDescriptor.Scoped(asked, provider => provider.GetRequiredService<MachineServices>().Provider.GetRequiredService(asked)));
        }

        return services;
    }

    /// <summary>Adds the model with patches and errata chosen in code.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Chooses them.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IServiceCollection AddIopfModel(this IServiceCollection services, Action<IopfOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddIopfModel().Configure(configure);
    }

    /// <summary>Adds the model with what a configuration says, and goes on to say after a reload.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The root that holds the sections <c>Iopf</c> (<c>Patches</c>, <c>Errata</c>), <c>Premap</c>, <c>Cost</c>, <c>Type1</c> and <c>Dirty</c>.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IServiceCollection AddIopfModel(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddIopfModel();
        services.AddSingleton<IValidateOptions<IopfOptions>>(new ConfigurationRules(configuration));
        services.AddSingleton<IConfigureOptions<IopfOptions>>(new ConfigureNamedOptions<IopfOptions>(Options.Options.DefaultName, options => ConfigurationRules.Apply(configuration, options)));
        services.AddSingleton<IOptionsChangeTokenSource<IopfOptions>>(new ConfigurationChangeTokenSource<IopfOptions>(configuration));
        return SettableOptions.Model.Bind(services, configuration);
    }
}
