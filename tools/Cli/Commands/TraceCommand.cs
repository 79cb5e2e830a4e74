using System.CommandLine;
using System.Globalization;
using Iopf.Cli.Output;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Scenarios;

namespace Iopf.Cli.Commands;

/// <summary><c>iopf trace</c>: a run to look at, as text for people and tools or as a picture.</summary>
internal static class TraceCommand
{
    private const string About =
        "Show a run: every step as text for people or tools, one fault as a sequence diagram, or pages and tables at one moment as a picture.";

    /// <summary>Makes the command.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <param name="scenarios">Where scenarios and runs come from.</param>
    /// <returns>The command.</returns>
    public static Command Create(Terminal terminal, IScenarioRunner scenarios)
    {
        RunArguments arguments = new();
        Option<string> format = new("--format")
        {
            Description = "What to show: " + string.Join("; ", TraceFormat.All.Select(form => $"{form.Name}, {form.About}")) + ". The default is text.",
            HelpName = string.Join('|', TraceFormat.All.Select(form => form.Name)),
        };
        Option<string> fault = new("--fault")
        {
            Description = "For mermaid and sequence: which stalled transaction, in the order of the stalls, from 1. The default is 1.",
            HelpName = "N",
        };
        Option<string> after = new("--after")
        {
            Description = "For svg and dot: after which operation (its number in iopf run). The default is after the last one.",
            HelpName = "N",
        };
        Option<string> file = new("--out")
        {
            Description = "Write to a file, whole or not at all, instead of standard output.",
            HelpName = "FILE",
        };
        Command command = new("trace", About);
        arguments.AddTo(command, withFailures: true);
        command.Add(format);
        command.Add(fault);
        command.Add(after);
        command.Add(file);
        command.SetAction(parsed =>
        {
            TraceFormat form = TraceFormat.Find(parsed.GetValue(format));
            int? number = NumberOf("--fault", parsed.GetValue(fault), 1, form, TraceSubject.Fault);
            int? moment = NumberOf("--after", parsed.GetValue(after), 0, form, TraceSubject.Moment);
            List<TraceEvent> events = [];
            RunRequest request = arguments.Read(parsed, terminal, scenarios, form.Subject == TraceSubject.Moment ? null : events.Add);
            HostState? state = null;
            if (form.Subject == TraceSubject.Moment)
            {
                request = request with
                {
                    AfterOperation = (index, host) => state = moment is null || index == moment
                        ? HostState.Of($"{request.Scenario.Name} after operation {index}", host)
                        : state,
                };
            }

            TraceOfRun run = new(scenarios.Execute(request), events, state, number ?? 1);
            Write(terminal, parsed.GetValue(file), form, run);
            if (form.Subject == TraceSubject.Run && events.Count == 0)
            {
                terminal.Complain("advice: no step was made on the scenario's own machine; a workload runs on machines of its own, which are not traced");
            }

            return RunVerdict.IsClean(run.Result) ? ExitCode.Done : ExitCode.Difference;
        });
        return command;
    }

    private static void Write(Terminal terminal, string? path, TraceFormat form, TraceOfRun run)
    {
        if (path is null)
        {
            ResultText.Print(terminal, form.Lines(run));
        }
        else
        {
            AtomicFile.Write(Path.Combine(terminal.Directory, path), form.Lines(run));
        }
    }

    private static int? NumberOf(string option, string? text, int least, TraceFormat form, TraceSubject subject)
    {
        if (text is null)
        {
            return null;
        }

        if (form.Subject != subject)
        {
            string names = string.Join(" and ", TraceFormat.All.Where(other => other.Subject == subject).Select(other => other.Name));
            throw new InputException($"{option} {text}: only {names} take it, not {form.Name}");
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least
            ? number
            : throw new InputException($"{option} {text}: expected a whole number from {least}");
    }
}
