using System.CommandLine;
using Iopf.Cli.Output;
using Iopf.Exploring;
using Iopf.Kernel;
using Iopf.Scenarios;
using Iopf.Views;

namespace Iopf.Cli.Commands;

/// <summary><c>iopf schedule</c>: one schedule of a scenario's threads again.</summary>
internal static class ScheduleCommand
{
    private const string About =
        "Run a scenario with threads under the schedule that is written in it, such as iopf explore --save writes, under any patches and errata: the threads side by "
        + "side, the trace, and what goes wrong. Exit code 1 if something does.";

    /// <summary>Makes the command.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <param name="scenarios">Where scenarios come from.</param>
    /// <returns>The command.</returns>
    public static Command Create(Terminal terminal, IScenarioRunner scenarios)
    {
        RunArguments arguments = new();
        Option<bool> json = CommonOptions.Json();
        Command command = new("schedule", About);
        arguments.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            List<TraceEvent> events = [];
            RunRequest request = arguments.Read(parsed, terminal, scenarios, events.Add);
            ScheduledRun run = ScheduledRun.Of(request);
            if (parsed.GetValue(json))
            {
                ResultText.PrintJson(terminal, document => RunJson.Write(document, run.Result, request));
            }
            else
            {
                string unseen = string.Join(", ", run.Unseen);
                string[] passedOver = unseen.Length == 0 ? [] : [$"no thread of this run is called {unseen}: those entries of the schedule are passed over", ""];
                ResultText.Print(terminal, [.. passedOver, .. StoryText.Lines(run.Story), "", .. TextTrace.Lines(events), "", .. RunText.Lines(run.Result)]);
            }

            return RunVerdict.IsClean(run.Result) ? ExitCode.Done : ExitCode.Difference;
        });
        return command;
    }
}
