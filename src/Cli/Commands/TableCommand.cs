using System.CommandLine;
using Iopf.Cli.Output;
using Iopf.Workloads;

namespace Iopf.Cli.Commands;

/// <summary><c>iopf table</c>: the cover letter's table, published and modelled.</summary>
internal static class TableCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <returns>The command.</returns>
    public static Command Create(Terminal terminal)
    {
        SettingArguments settings = new();
        Command command = new("table", "x");
        settings.AddTo(command);
        command.SetAction(parsed =>
        {
            CoverLetterTable table = CoverLetterTable.Run(settings.Read(parsed, terminal), settings.SeedOf(parsed));
            ResultText.Print(terminal, TableText.Lines(table));
            return ExitCode.Done;
        });
        return command;
    }
}
