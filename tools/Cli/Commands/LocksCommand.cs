using System.CommandLine;
using Iopf.Cli.Output;
using Iopf.Exploring;
using Iopf.Kernel;
using Iopf.Patches;
using Iopf.Scenarios;

namespace Iopf.Cli.Commands;

/// <summary><c>iopf locks</c>: which locks were taken while which others were held.</summary>
internal static class LocksCommand
{
    private const string About =
        "Run scenarios and draw in which order locks were taken, by class, as lockdep does; a cycle is a deadlock that some schedule may meet. Exit code 1 if there is one.";

    private static readonly string[] Formats = ["text", "dot", "svg", "mermaid"];

    /// <summary>Makes the command.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <param name="scenarios">Where scenarios come from.</param>
    /// <returns>The command.</returns>
    public static Command Create(Terminal terminal, IScenarioRunner scenarios)
    {
        Argument<string[]> names = new("SCENARIO") { Description = "Which scenarios; all built-in ones if omitted.", Arity = ArgumentArity.ZeroOrMore };
        Option<string> patches = new("--patches") { Description = "Which patches are on: none, all, 1-5. The default is all.", HelpName = "SPEC" };
        Option<string> errata = new("--errata") { Description = "Which defects are on: none, all, E25,E26. The default is none.", HelpName = "SPEC" };
        Option<string> format = new("--format") { Description = "How to show it. The default is text.", HelpName = string.Join('|', Formats) };
        Option<string> file = new("--out") { Description = "Write to a file, whole or not at all, instead of standard output.", HelpName = "FILE" };
        Command command = new("locks", About) { names, patches, errata, format, file };
        command.SetAction(parsed =>
        {
            string form = parsed.GetValue(format) ?? "text";
            if (!Formats.Contains(form))
            {
                throw new InputException($"--format: '{form}' is not a format; expected one of {string.Join(", ", Formats)}");
            }

            PatchSet patchSet = RunArguments.PatchesIn(parsed, patches) ?? PatchSet.All;
            ErrataSet errataSet = RunArguments.ErrataIn(parsed, errata) ?? ErrataSet.None;
            string[] asked = parsed.GetValue(names) ?? [];
            LockGraph graph = new();
            foreach (string name in asked.Length > 0 ? asked : [.. scenarios.BuiltIn.Where(static info => !info.HasWorkload).Select(static info => info.Name)])
            {
                terminal.Progress(name);
                scenarios.Execute(new RunRequest(scenarios.Load(name), patchSet, new Dictionary<string, string>(), 0, null)
                {
                    Errata = errataSet,
                    AfterOperation = (_, host) => graph.Add(host.Kernel.Scheduler.LockOrder),
                });
            }

            terminal.Progress("");
            Write(terminal, parsed.GetValue(file), LinesOf(graph, form));
            return graph.Cycles.Count == 0 ? ExitCode.Done : ExitCode.Difference;
        });
        return command;
    }

    private static IEnumerable<string> LinesOf(LockGraph graph, string form) => form switch
    {
        "dot" => LockGraphText.Dot(graph),
        "mermaid" => LockGraphText.Mermaid(graph),
        "svg" => [LockGraphPicture.Draw(graph).ToString()],
        _ => LockGraphText.Lines(graph),
    };

    private static void Write(Terminal terminal, string? path, IEnumerable<string> lines)
    {
        if (path is null)
        {
            ResultText.Print(terminal, lines);
        }
        else
        {
            AtomicFile.Write(Path.Combine(terminal.Directory, path), lines);
        }
    }
}
