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

    /// <summary>Adds every option class of the model, bound to its section and validated when first read.</summary>
    /// <param name="services">The container.</param>
    /// <param name="configuration">The merged configuration.</param>
    /// <returns>The container.</returns>
    public static IServiceCollection AddIopfOptions(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<IopfOptions>, IopfOptionsSetup>(_ => new(configuration)));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<IopfOptions>, IopfOptionsSetup>(_ => new(configuration)));
        return SettableOptions.Model.Bind(services, configuration);
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
}
