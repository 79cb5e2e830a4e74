using Iopf.Kernel;
using Iopf.Patches;
using Iopf.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Iopf;

/// <summary>Refuses a configuration that holds an unknown key or a value that is not allowed, one line for each.</summary>
/// <param name="configuration">The root.</param>
internal sealed class ConfigurationRules(IConfiguration configuration) : IValidateOptions<IopfOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, IopfOptions options)
    {
        if (name != Options.DefaultName)
        {
            return ValidateOptionsResult.Skip;
        }

        List<string> refused = [.. Refused(configuration), .. SettableOptions.Model.Refused(configuration)];
        return refused.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(refused);
    }

    /// <summary>Sets what section <c>Iopf</c> says; what cannot be read is left for the check.</summary>
    /// <param name="configuration">The root.</param>
    /// <param name="options">The options.</param>
    public static void Apply(IConfiguration configuration, IopfOptions options)
    {
        IConfigurationSection section = configuration.GetSection(IopfOptions.Section);
        if (section[nameof(IopfOptions.Patches)] is string patches && PatchSpec.TryParse(patches, out PatchSet set, out _))
        {
            options.Patches = set;
        }

        if (section[nameof(IopfOptions.Errata)] is string errata && ErrataSpec.TryParse(errata, out ErrataSet defects, out _))
        {
            options.Errata = defects;
        }
    }

    /// <summary>What is wrong in section <c>Iopf</c>.</summary>
    /// <param name="configuration">The root.</param>
    /// <returns>One line for each fault: key, value, what was expected.</returns>
    public static IEnumerable<string> Refused(IConfiguration configuration)
    {
        string[] names = [nameof(IopfOptions.Patches), nameof(IopfOptions.Errata)];
        if (configuration.GetSection(IopfOptions.Section).Value is { Length: > 0 } text)
        {
            yield return $"{IopfOptions.Section} = {text}: expected a section with {names[0]} and {names[1]}";
        }

        foreach (IConfigurationSection entry in configuration.GetSection(IopfOptions.Section).GetChildren())
        {
            string? name = names.FirstOrDefault(known => known.Equals(entry.Key, StringComparison.OrdinalIgnoreCase));
            string? complaint = null;
            if (name is null)
            {
                yield return $"{IopfOptions.Section}:{entry.Key}: there is no such key; expected one of {NearestNames.List(names, entry.Key)}";
            }
            else if (entry.Value is null || entry.GetChildren().Any())
            {
                yield return $"{IopfOptions.Section}:{name}: expected one text, {(name == names[0] ? PatchSpec.Form : ErrataSpec.Form)}";
            }
            else if (name == names[0] ? !PatchSpec.TryParse(entry.Value, out _, out complaint) : !ErrataSpec.TryParse(entry.Value, out _, out complaint))
            {
                yield return $"{IopfOptions.Section}:{name}: {complaint}";
            }
        }
    }
}
