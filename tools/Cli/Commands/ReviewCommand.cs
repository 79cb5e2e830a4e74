using System.CommandLine;
using Iopf.Cli.Output;
using Iopf.Errata;

namespace Iopf.Cli.Commands;

/// <summary><c>iopf review</c>: shows each defect of the posted code, and that its correction holds.</summary>
internal static class ReviewCommand
{
    private const string About =
        "Run the reproducer of each defect twice: with the posted statement, which must show it, and with only that statement corrected, which must show "
        + "nothing of it and keep every promise. Exit code 0 only if every one asked for is reproduced and every correction holds.";

    /// <summary>Makes the command.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <returns>The command.</returns>
    public static Command Create(Terminal terminal)
    {
        Argument<string[]> ids = new("ID") { Description = "Which defects, such as E21 E22; all of them if omitted.", Arity = ArgumentArity.ZeroOrMore };
        Option<string> html = new("--html")
        {
            Description = "Also write one page with what was posted, what was seen, the failing run as a picture and where the corrected run parts from it.",
            HelpName = "FILE",
        };
        Option<bool> json = CommonOptions.Json();
        Command command = new("review", About) { ids, html, json };
        command.SetAction(parsed =>
        {
            string[] asked = parsed.GetValue(ids) ?? [];
            List<ErrataEntry> entries = asked.Length == 0 ? [.. ErrataCatalog.All] : [.. asked.Select(id => ErrataCatalog.Get(ErrataCommand.IdOf(id)))];

            string? page = parsed.GetValue(html);

            // Each review has machines of its own: they run on all processors and are reported in their order.
            ErratumReview[] each = new ErratumReview[entries.Count];
            SideBySide.Do(entries.Count, number => each[number] = ErratumReview.Of(entries[number], withSteps: page is not null));
            List<ErratumReview> reviews = [.. each];

            if (page is not null)
            {
                AtomicFile.Write(Path.Combine(terminal.Directory, page), ReviewPage.Lines(reviews), "--html");
            }

            if (parsed.GetValue(json))
            {
                ResultText.PrintJson(terminal, document => ReviewOutput.Write(document, reviews));
            }
            else
            {
                ResultText.Print(terminal, ReviewOutput.Lines(reviews));
            }

            return reviews.TrueForAll(review => review is { IsReproduced: true, IsGone: true }) ? ExitCode.Done : ExitCode.Difference;
        });
        return command;
    }
}
