using System.CommandLine;
using Iopf.Cli.Output;
using Iopf.Patches;

namespace Iopf.Cli.Commands;

/// <summary><c>iopf patches</c>: the eight patches and what each expects.</summary>
internal static class PatchesCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <returns>The command.</returns>
    public static Command Create(Terminal terminal)
    {
        Option<bool> json = CommonOptions.Json();
        Command command = new(
            "patches",
            "List the eight patches: subject, module, kernel symbols, options with defaults, and what each one expects.")
        {
            json,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(json))
            {
                ResultText.PrintJson(terminal, PatchesOutput.WriteJson);
            }
            else
            {
                ResultText.Print(terminal, PatchCatalog.All.SelectMany(PatchesOutput.Lines));
            }

            return ExitCode.Done;
        });
        return command;
    }
}
