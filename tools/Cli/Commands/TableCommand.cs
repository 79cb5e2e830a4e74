using System.CommandLine;
using Iopf.Cli.Output;
using Iopf.Workloads;

namespace Iopf.Cli.Commands;

/// <summary><c>iopf table</c>: the cover letter's table, published and modelled.</summary>
internal static class TableCommand
{
    private const string About =
        "Run the cover letter's test as posted and print its table: faults and slowdowns, published, of the model, and the difference; then the costs in "
        + "virtual time that the slowdowns rest on, each marked as fact, inferred or fitted. Exit code 1 if a slowdown of the nine cells differs by more than "
        + "2 percentage points. docs/table.md tells the story.";

    /// <summary>Makes the command.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <returns>The command.</returns>
    public static Command Create(Terminal terminal)
    {
        SettingArguments settings = new();
        Option<bool> whereTimeGoes = new("--where-time-goes")
        {
            Description = "Also say where the time went: stages of a fault, engines, threads and locks; and the same for two devices that share an SMMU, "
                + "a container, both or nothing.",
            Arity = ArgumentArity.Zero,
        };
        Option<string> html = new("--html")
        {
            Description = "Also write one page with the table, a picture of it and where the time went.",
            HelpName = "FILE",
        };
        Option<bool> json = CommonOptions.Json();
        Command command = new("table", About) { whereTimeGoes, html };
        settings.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            SortedDictionary<string, string> values = settings.Read(parsed, new(() => RunConfiguration.Load(terminal.Directory)));
            ulong seed = settings.SeedOf(parsed);
            string? page = parsed.GetValue(html);
            AtomicFile.Check(terminal.Directory, (html.Name, page));
            bool isAsked = parsed.GetValue(whereTimeGoes);
            CoverLetterTable table = CoverLetterTable.Run(values, seed);
            IReadOnlyList<TopologyRow> together = isAsked || page is not null ? DevicesTogether.Run(values, seed) : [];
            if (page is not null)
            {
                AtomicFile.Write(Path.Combine(terminal.Directory, page), TablePage.Lines(table, together), html.Name);
            }

            if (parsed.GetValue(json))
            {
                ResultText.PrintJson(terminal, document => TableJson.Write(document, table, isAsked ? together : []));
            }
            else
            {
                ResultText.Print(terminal, isAsked ? [.. TableText.Lines(table), "", .. WhereTimeGoesText.Lines(table, together)] : TableText.Lines(table));
            }

            return Math.Abs(table.Worst.Difference) <= CoverLetterTable.Tolerance ? ExitCode.Done : ExitCode.Difference;
        });
        return command;
    }
}
