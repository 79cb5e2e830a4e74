using Iopf.Kernel;
using Iopf.Patches;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Iopf.Settings;

/// <summary>The settings of a run as configuration holds them, checked.</summary>
public static class IopfSettings
{
    /// <summary>The configuration key of the patch spec.</summary>
    public const string PatchesKey = "Iopf:Patches";

    /// <summary>Adds every option class, bound to its section and validated when first read.</summary>
    /// <param name="services">The container.</param>
    /// <param name="configuration">The merged configuration.</param>
    /// <returns>The container.</returns>
    public static IServiceCollection AddIopfOptions(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<IopfOptions>, IopfOptionsSetup>(_ => new(configuration)));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<IopfOptions>, IopfOptionsSetup>(_ => new(configuration)));
        foreach (OptionClass options in OptionClasses.All)
        {
            options.Bind(services, configuration);
        }

        return services;
    }

    /// <summary>The patches that configuration asks for.</summary>
    /// <param name="configuration">The merged configuration.</param>
    /// <returns>The set; null if configuration says nothing about patches.</returns>
    /// <exception cref="InputException">The configured value is not a patch spec.</exception>
    public static PatchSet? PatchesIn(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration[PatchesKey] is null)
        {
            return null;
        }

        using ServiceProvider provider = new ServiceCollection().AddIopfOptions(configuration).BuildServiceProvider();
        try
        {
            return provider.GetRequiredService<IOptions<IopfOptions>>().Value.Patches;
        }
        catch (OptionsValidationException refused)
        {
            throw new InputException(refused.Failures.First(), refused);
        }
    }

    /// <summary>The option values that configuration sets, checked.</summary>
    /// <param name="configuration">The merged configuration.</param>
    /// <returns>Values by <c>Section:Name</c>; options nobody sets are absent.</returns>
    /// <exception cref="InputException">A known section holds an unknown name, or a value is not allowed.</exception>
    public static IReadOnlyDictionary<string, string> ValuesIn(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        SortedDictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (OptionClass options in OptionClasses.All)
        {
            foreach (IConfigurationSection entry in configuration.GetSection(options.Section).GetChildren())
            {
                KeyValuePair<string, string> setting = SettableOptions.Check(entry.Path, entry.Value ?? "", "configuration");
                values[setting.Key] = setting.Value;
            }
        }

        return values;
    }
}
