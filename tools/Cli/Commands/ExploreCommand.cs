using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Iopf.Cli.Output;
using Iopf.Exploring;
using Iopf.Kernel;
using Iopf.Scenarios;

namespace Iopf.Cli.Commands;

/// <summary><c>iopf explore</c>: a scenario with threads, under schedule after schedule.</summary>
internal sealed class ExploreCommand
{
    private const string About =
        "Run a scenario with a step \"parallel\" under many schedules instead of the one that is written there, and show what goes wrong under some of them, each "
        + "with the shortest schedule found. Exit code 0 if nothing does, 1 if something does. docs/exploration.md lists the scenarios.";

    private readonly RunArguments _arguments = new();

    private readonly Option<string> _find = new("--find")
    {
        Description = "Look for one defect of the posted code, switched on with those it needs, until it is found; without SCENARIO in the scenario that concerns it.",
        HelpName = "ID",
    };

    private readonly Option<string> _strategy = new("--strategy")
    {
        Description = $"Which schedules: {ExplorationOptions.Form}. The default is exhaustive; with --find pct:3.",
        HelpName = "NAME",
    };

    private readonly Option<string> _most = new("--max-schedules") { Description = "At most so many schedules. The default is 10000.", HelpName = "N" };
    private readonly Option<string> _time = new("--time-limit") { Description = "At most so many seconds. The default is no limit.", HelpName = "SECONDS" };
    private readonly Option<string> _save = new("--save")
    {
        Description = "Write each finding into a folder, as a scenario with its schedule: iopf schedule FILE replays it.",
        HelpName = "FOLDER",
    };

    private readonly Option<string> _html = new("--html")
    {
        Description = "Also write one page with each finding: its threads side by side and as a sequence diagram.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _json = CommonOptions.Json();

    /// <summary>Makes the command.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <param name="scenarios">Where scenarios come from.</param>
    /// <returns>The command.</returns>
    public static Command Create(Terminal terminal, IScenarioRunner scenarios)
    {
        ExploreCommand explore = new();
        Command command = new("explore", About);
        explore._arguments.AddTo(command, needsScenario: false);
        foreach (Option option in new Option[] { explore._find, explore._strategy, explore._most, explore._time, explore._save, explore._html, explore._json })
        {
            command.Add(option);
        }

        command.SetAction(parsed => explore.Run(parsed, terminal, scenarios));
        return command;
    }

    private int Run(ParseResult parsed, Terminal terminal, IScenarioRunner scenarios)
    {
        Erratum? wanted = parsed.GetValue(_find) is string id ? IdOf(id) : null;
        long limit = CommonOptions.Count(_most.Name, "schedules", parsed.GetValue(_most), 10_000);
        long seconds = CommonOptions.Count(_time.Name, "seconds", parsed.GetValue(_time), 1_000_000);
        RunRequest request = _arguments.Read(parsed, terminal, scenarios, trace: null, wanted is { } erratum ? () => RaceHunt.ScenarioOf(erratum) : null);
        request = wanted is { } other ? request with { Errata = RaceHunt.ErrataFor(other) } : request;
        ExplorationOptions options = new(parsed.GetValue(_strategy) ?? (wanted is null ? "exhaustive" : "pct:3"), limit, request.Seed);
        AtomicFile.Check(terminal.Directory, (_html.Name, parsed.GetValue(_html)));

        string? folder = parsed.GetValue(_save);
        if (folder is not null)
        {
            CreateFolder(folder.Trim().Length > 0 ? Path.Combine(terminal.Directory, folder) : throw new InputException($"{_save.Name}: expected the name of a folder"));
        }

        Stopwatch watch = Stopwatch.StartNew();
        TimeSpan told = TimeSpan.Zero;
        Hunt? hunt = wanted is { } defect ? new Hunt(request, defect) : null;
        Exploration exploration = Exploration.Of(request, options, progress =>
        {
            if (watch.Elapsed - told > TimeSpan.FromMilliseconds(200))
            {
                told = watch.Elapsed;
                terminal.Progress(ExplorationOutput.Progress(progress, told));
            }

            return hunt?.GoesOn(in progress) != false;
        }, (count, work) => SideBySide.Do(count, number =>
        {
            // What is not begun in time ends the exploration; what was run before it still counts.
            if (watch.Elapsed.TotalSeconds < seconds)
            {
                work(number);
            }
        }));
        terminal.Progress("");
        ExplorationReport report = new(exploration, watch.Elapsed, hunt);
        Save(parsed, terminal, scenarios, report);
        if (parsed.GetValue(_html) is string page)
        {
            AtomicFile.Write(Path.Combine(terminal.Directory, page), ExplorationPage.Lines(report), _html.Name);
        }

        if (parsed.GetValue(_json))
        {
            ResultText.PrintJson(terminal, document => ExplorationOutput.Write(document, report));
        }
        else
        {
            ResultText.Print(terminal, ExplorationOutput.Lines(report));
        }

        return exploration.Findings.Count == 0 ? ExitCode.Done : ExitCode.Difference;
    }

    private void Save(ParseResult parsed, Terminal terminal, IScenarioRunner scenarios, ExplorationReport report)
    {
        if (parsed.GetValue(_save) is not string folder)
        {
            return;
        }

        Exploration exploration = report.Exploration;
        Finding[] findings = [.. report.Findings];
        string source = exploration.Request.Scenario.Source;
        string text = File.Exists(source) ? File.ReadAllText(source) : scenarios.TextOf(source);
        for (int i = 0; i < findings.Length; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"{exploration.Scenario}-{i + 1}.json");
            string saved = SavedSchedule.Write(text, exploration, findings[i]);
            string path = Path.Combine(terminal.Directory, folder, name);
            AtomicFile.Write(path, saved.TrimEnd('\n').Split('\n'), _save.Name);
        }
    }

    private void CreateFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{_save.Name} {path}: cannot be made: {error.Message}", error);
        }
    }

    private Erratum IdOf(string text) => ErrataSpec.TryParseId(text, out Erratum id)
        ? id
        : throw new InputException($"{_find.Name}: '{text}' is not a defect; expected an id from E01 to E78, such as E25");
}
