using System.CommandLine;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.Cli.Output;
using Iopf.Kernel;
using Iopf.Scenarios;

namespace Iopf.Cli.Commands;

/// <summary><c>iopf run</c>: runs a scenario and says what happened.</summary>
internal static class RunCommand
{
    private static readonly Dictionary<string, SmmuDumpPart> Parts =
        Enum.GetValues<SmmuDumpPart>().ToDictionary(part => part.ToString().ToLowerInvariant());

    /// <summary>Makes the command.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <param name="scenarios">Where scenarios and runs come from.</param>
    /// <returns>The command.</returns>
    public static Command Create(Terminal terminal, IScenarioRunner scenarios)
    {
        RunArguments arguments = new();
        Option<bool> json = CommonOptions.Json();
        Command command = new(
            "run",
            "Run a scenario: each operation with its result, then faults, answers, mappings, pins, accounting, virtual time and "
            + "violations. Exit code 1 if a step answered differently than expected or an invariant was violated.");
        Option<string> dump = new("--dump")
        {
            Description = $"Print the SMMUs' state as it is after the last step: one or more of {string.Join(',', Parts.Keys)}.",
            HelpName = "PARTS",
        };
        arguments.AddTo(command, withFailures: true);
        command.Add(dump);
        command.Add(json);
        command.SetAction(parsed =>
        {
            RunRequest request = arguments.Read(parsed, terminal, scenarios, trace: null) with { Dump = PartsOf(parsed.GetValue(dump)) };
            RunResult result = scenarios.Execute(request);
            if (parsed.GetValue(json))
            {
                ResultText.PrintJson(terminal, document => RunJson.Write(document, result, request));
            }
            else
            {
                ResultText.Print(terminal, RunText.Lines(result));
            }

            foreach (string line in result.Advice)
            {
                terminal.Complain($"advice: {line}");
            }

            return RunVerdict.IsClean(result) ? ExitCode.Done : ExitCode.Difference;
        });
        return command;
    }

    private static List<SmmuDumpPart> PartsOf(string? words)
    {
        List<SmmuDumpPart> parts = [];
        foreach (string word in words?.Split(',') ?? [])
        {
            parts.Add(Parts.TryGetValue(word, out SmmuDumpPart part)
                ? part
                : throw new InputException($"--dump {words}: '{word}' is no part of an SMMU's state; expected one or more of {string.Join(',', Parts.Keys)}"));
        }

        return parts;
    }
}
