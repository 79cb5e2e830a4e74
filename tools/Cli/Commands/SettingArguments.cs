using System.CommandLine;
using Iopf.Kernel;
using Iopf.Settings;
using Microsoft.Extensions.Configuration;

namespace Iopf.Cli.Commands;

/// <summary>The arguments that set options and the seed: shared by every command that runs the model.</summary>
internal sealed class SettingArguments
{
    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Set an option, such as Premap:Length=64; may be given several times. One of "
            + string.Join(", ", SettableOptions.Model.All.Select(option => option.Key)) + ".",
        HelpName = "Section:Name=value",
    };

    private readonly Option<string> _seed = new("--seed")
    {
        Description = "The seed of whatever is random in the scenario: an integer from 0. The default is 0.",
        HelpName = "N",
    };

    /// <summary>Adds the arguments to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        command.Add(_set);
        command.Add(_seed);
    }

    /// <summary>Reads the options of the command line, and of the configuration under them.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="configuration">The configuration, read when the command line is known to be right.</param>
    /// <returns>Values by "Section:Name".</returns>
    /// <exception cref="InputException">An option or a configured value cannot be used.</exception>
    public SortedDictionary<string, string> Read(ParseResult parsed, Lazy<IConfiguration> configuration)
    {
        List<KeyValuePair<string, string>> given = [.. (parsed.GetValue(_set) ?? []).Select(static text => SettableOptions.Model.Parse(text, "--set"))];
        SortedDictionary<string, string> settings = new(StringComparer.Ordinal);
        foreach ((string key, string value) in SettableOptions.Model.ValuesIn(configuration.Value).Concat(given))
        {
            settings[key] = value;
        }

        return settings;
    }

    /// <summary>Reads the seed.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <returns>The seed.</returns>
    /// <exception cref="InputException">It is not one.</exception>
    public ulong SeedOf(ParseResult parsed) => CommonOptions.Seed(_seed.Name, parsed.GetValue(_seed));
}
