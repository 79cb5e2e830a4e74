using System.CommandLine;
using System.Globalization;
using Iopf.Cli.Output;
using Iopf.Exploring;
using Iopf.Scenarios;

namespace Iopf.Cli.Commands;

/// <summary><c>iopf explore</c>: a scenario with threads, under schedule after schedule.</summary>
internal static class ExploreCommand
{
    private const string About =
        "Run a scenario with a step \"parallel\" under many schedules instead of the one that is written there, and show what goes wrong under some of them, each "
        + "with the shortest schedule found. Exit code 0 if nothing does, 1 if something does.";

    /// <summary>Makes the command.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <param name="scenarios">Where scenarios come from.</param>
    /// <returns>The command.</returns>
    public static Command Create(Terminal terminal, IScenarioRunner scenarios)
    {
        RunArguments arguments = new();
        Option<string> strategy = new("--strategy")
        {
            Description = $"Which schedules: {ExplorationOptions.Form}. The default is exhaustive.",
            HelpName = "NAME",
        };
        Option<string> most = new("--max-schedules")
        {
            Description = "At most so many schedules. The default is 10000.",
            HelpName = "N",
        };
        Option<bool> json = CommonOptions.Json();
        Command command = new("explore", About);
        arguments.AddTo(command);
        command.Add(strategy);
        command.Add(most);
        command.Add(json);
        command.SetAction(parsed =>
        {
            long limit = MostOf(parsed.GetValue(most));
            RunRequest request = arguments.Read(parsed, terminal, scenarios, trace: null);
            ExplorationOptions options = new(parsed.GetValue(strategy) ?? "exhaustive", limit, request.Seed);
            Exploration exploration = Exploration.Of(request, options, (schedules, findings, share) =>
            {
                terminal.Progress(ExplorationOutput.Progress(schedules, findings, share));
                return true;
            });
            terminal.Progress("");
            if (parsed.GetValue(json))
            {
                ResultText.PrintJson(terminal, document => ExplorationOutput.Write(document, exploration));
            }
            else
            {
                ResultText.Print(terminal, ExplorationOutput.Lines(exploration));
            }

            return exploration.Findings.Count == 0 ? ExitCode.Done : ExitCode.Difference;
        });
        return command;
    }

    private static long MostOf(string? text)
    {
        const long Usual = 10_000;
        if (text is null)
        {
            return Usual;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long most) && most >= 1
            ? most
            : throw new InputException($"--max-schedules: '{text}' is not a number of schedules; expected an integer from 1");
    }
}
