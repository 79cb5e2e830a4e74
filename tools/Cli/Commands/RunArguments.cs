using System.CommandLine;
using Iopf.Failures;
using Iopf.Kernel;
using Iopf.Patches;
using Iopf.Scenarios;
using Iopf.Settings;
using Microsoft.Extensions.Configuration;

namespace Iopf.Cli.Commands;

/// <summary>The arguments that say what to run, and how: shared by every command that runs a scenario.</summary>
internal sealed class RunArguments
{
    private readonly Argument<string> _scenario = new("SCENARIO")
    {
        Description = "The name of a built-in scenario (see iopf scenarios) or the path of a scenario file.",
    };

    private readonly Option<string> _patches = new("--patches")
    {
        Description = "Which patches are on: none, all, or numbers and ranges such as 1-5 or 1-4,6. "
            + "Otherwise IOPF__PATCHES, Iopf:Patches in appsettings.json, the scenario's own set, or all.",
        HelpName = "SPEC",
    };

    private readonly Option<string> _errata = new("--errata")
    {
        Description = "Which defects of the posted code are on: none, all, or ids such as E01,E23 (see iopf errata). "
            + "Otherwise IOPF__ERRATA, Iopf:Errata in appsettings.json, the scenario's own set, or none.",
        HelpName = "SPEC",
    };

    private readonly Option<string[]> _fail = new("--fail")
    {
        Description = $"Have one call of the kernel fail: {FailureSpec.Form}; may be given several times. iopf failpoints counts them.",
        HelpName = "KIND:N",
    };

    private readonly SettingArguments _settings = new();

    /// <summary>Adds the arguments to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="withPatches">Whether the command takes one set of patches and errata; one that compares has its own.</param>
    /// <param name="withFailures">Whether calls may be told to fail.</param>
    /// <param name="needsScenario">Whether a scenario must be named.</param>
    public void AddTo(Command command, bool withPatches = true, bool withFailures = false, bool needsScenario = true)
    {
        _scenario.Arity = needsScenario ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne;
        command.Add(_scenario);
        if (withPatches)
        {
            command.Add(_patches);
            command.Add(_errata);
        }

        if (withFailures)
        {
            command.Add(_fail);
        }

        _settings.AddTo(command);
    }

    /// <summary>Reads the arguments and the configuration under them.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="terminal">Where the configuration is.</param>
    /// <param name="scenarios">Where scenarios come from.</param>
    /// <param name="trace">Who listens to the trace, if anybody.</param>
    /// <param name="otherwise">The scenario if none is named.</param>
    /// <returns>What to run.</returns>
    /// <exception cref="InputException">An argument or a configured value cannot be used.</exception>
    public RunRequest Read(
        ParseResult parsed, Terminal terminal, IScenarioRunner scenarios, Action<TraceEvent>? trace, Func<Scenario>? otherwise = null)
    {
        ErrataSet? errata = ErrataIn(parsed, _errata);
        PatchSet? patches = PatchesIn(parsed, _patches);
        ulong seed = _settings.SeedOf(parsed);
        Lazy<IConfiguration> configuration = new(() => RunConfiguration.Load(terminal.Directory));
        SortedDictionary<string, string> settings = _settings.Read(parsed, configuration);
        (PatchSet? configuredPatches, ErrataSet? configuredErrata) = IopfSettings.In(configuration.Value);
        patches ??= configuredPatches;
        errata ??= configuredErrata;
        Scenario scenario = parsed.GetValue(_scenario) is string name
            ? scenarios.Load(name)
            : (otherwise ?? throw new InputException($"{parsed.CommandResult.Command.Name}: argument SCENARIO is missing; see iopf {parsed.CommandResult.Command.Name} --help")).Invoke();
        return new RunRequest(scenario, patches, settings, seed, trace)
        {
            Errata = errata,
            Failures = FailuresIn(parsed),
        };
    }

    /// <summary>Reads an option that names patches.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="option">The option.</param>
    /// <returns>The patches; <see langword="null"/> if the option is not given.</returns>
    /// <exception cref="InputException">It names something else.</exception>
    public static PatchSet? PatchesIn(ParseResult parsed, Option<string> option)
    {
        if (parsed.GetValue(option) is not string spec)
        {
            return null;
        }

        return PatchSpec.TryParse(spec, out PatchSet patches, out string? complaint)
            ? patches
            : throw new InputException($"{option.Name}: {complaint}");
    }

    /// <summary>Reads an option that names errata.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="option">The option.</param>
    /// <returns>The errata; <see langword="null"/> if the option is not given.</returns>
    /// <exception cref="InputException">It names something else.</exception>
    public static ErrataSet? ErrataIn(ParseResult parsed, Option<string> option)
    {
        if (parsed.GetValue(option) is not string spec)
        {
            return null;
        }

        return ErrataSpec.TryParse(spec, out ErrataSet errata, out string? complaint)
            ? errata
            : throw new InputException($"{option.Name}: {complaint}");
    }

    private FailurePlan? FailuresIn(ParseResult parsed)
    {
        if (parsed.GetValue(_fail) is not { Length: > 0 } specs)
        {
            return null;
        }

        FailurePlan plan = new();
        foreach (string spec in specs)
        {
            FailureSpec.AddTo(plan, spec, _fail.Name);
        }

        return plan;
    }
}
