using System.CommandLine;
using Iopf.Cli.Output;
using Iopf.Kernel;
using Iopf.Scenarios;
using Iopf.Views;

namespace Iopf.Cli.Commands;

/// <summary><c>iopf trace</c>: the steps of a run, as a person reads them.</summary>
internal static class TraceCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <param name="scenarios">Where scenarios and runs come from.</param>
    /// <returns>The command.</returns>
    public static Command Create(Terminal terminal, IScenarioRunner scenarios)
    {
        RunArguments arguments = new();
        Option<string> format = new("--format")
        {
            Description = "The form of the trace. This version knows only text, the default.",
            HelpName = "text",
        };
        Option<string> file = new("--out")
        {
            Description = "Write the trace to a file, whole or not at all, instead of standard output.",
            HelpName = "FILE",
        };
        Command command = new("trace", "Print the trace of a run: one line for each step, indented by layer, one paragraph for each DMA.");
        arguments.AddTo(command);
        command.Add(format);
        command.Add(file);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(format) is string other and not "text")
            {
                throw new InputException($"--format {other}: this version has no such trace format; expected text");
            }

            List<TraceEvent> events = [];
            RunResult result = scenarios.Execute(arguments.Read(parsed, terminal, scenarios, events.Add));
            if (parsed.GetValue(file) is string path)
            {
                AtomicFile.Write(Path.Combine(terminal.Directory, path), TextTrace.Lines(events));
            }
            else
            {
                ResultText.Print(terminal, TextTrace.Lines(events));
            }

            return RunVerdict.IsClean(result) ? ExitCode.Done : ExitCode.Difference;
        });
        return command;
    }
}
