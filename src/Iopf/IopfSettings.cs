using Iopf.Kernel;
using Iopf.Patches;
using Microsoft.Extensions.Configuration;

namespace Iopf.Settings;

/// <summary>What section <c>Iopf</c> of a configuration chooses, checked as <c>AddIopfModel</c> checks it.</summary>
public static class IopfSettings
{
    /// <summary>The patches and the errata that a configuration asks for.</summary>
    /// <param name="configuration">The merged configuration.</param>
    /// <returns>Each is null if the configuration says nothing about it.</returns>
    /// <exception cref="InputException">A key is unknown, or a value is no spec; the message is one line.</exception>
    public static (PatchSet? Patches, ErrataSet? Errata) In(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (ConfigurationRules.Refused(configuration).FirstOrDefault() is string refused)
        {
            throw new InputException(refused);
        }

        IopfOptions options = new();
        ConfigurationRules.Apply(configuration, options);
        IConfigurationSection section = configuration.GetSection(IopfOptions.Section);
        return (
            section[nameof(IopfOptions.Patches)] is null ? null : options.Patches,
            section[nameof(IopfOptions.Errata)] is null ? null : options.Errata);
    }
}
