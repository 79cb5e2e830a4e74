using System.CommandLine;
using System.Globalization;
using Iopf.Cli.Output;
using Iopf.Scenarios;

namespace Iopf.Cli.Commands;

/// <summary><c>iopf scenarios</c>: what can be run.</summary>
internal static class ScenariosCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <param name="scenarios">Where scenarios come from.</param>
    /// <returns>The command.</returns>
    public static Command Create(Terminal terminal, IScenarioRunner scenarios)
    {
        Option<bool> schema = new("--schema")
        {
            Description = "Print the JSON schema of scenario files.",
            Arity = ArgumentArity.Zero,
        };
        Option<string> show = new("--show")
        {
            Description = "Print a built-in scenario's JSON, to start a scenario file from.",
            HelpName = "NAME",
        };
        Option<bool> json = CommonOptions.Json();
        Command command = new("scenarios", "List the built-in scenarios; print the schema of scenario files or a built-in scenario.")
        {
            schema,
            show,
            json,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(schema))
            {
                ResultText.Print(terminal, [scenarios.Schema.TrimEnd()]);
            }
            else if (parsed.GetValue(show) is string name)
            {
                ResultText.Print(terminal, [scenarios.TextOf(name).TrimEnd()]);
            }
            else if (parsed.GetValue(json))
            {
                PrintJson(terminal, scenarios.BuiltIn);
            }
            else
            {
                ResultText.Print(terminal, TextTable.Lines(["scenario", "patch", "what it shows"], scenarios.BuiltIn.Select(Cells)));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static string[] Cells(ScenarioInfo scenario) =>
        [scenario.Name, scenario.Patch?.ToString(CultureInfo.InvariantCulture) ?? "", scenario.About.ReplaceLineEndings(" ")];

    private static void PrintJson(Terminal terminal, IReadOnlyList<ScenarioInfo> scenarios) =>
        ResultText.PrintJson(terminal, json => json.WriteObjects("scenarios", scenarios, scenario =>
        {
            json.WriteString("name", scenario.Name);
            json.WriteString("about", scenario.About);
            if (scenario.Patch is int patch)
            {
                json.WriteNumber("patch", patch);
            }
            else
            {
                json.WriteNull("patch");
            }
        }));
}
