using System.CommandLine;
using Iopf.Cli.Output;
using Iopf.Errata;
using Iopf.Kernel;

namespace Iopf.Cli.Commands;

/// <summary><c>iopf errata</c>: the defects of the posted code.</summary>
internal static class ErrataCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <returns>The command.</returns>
    public static Command Create(Terminal terminal)
    {
        Argument<string?> id = new("ID") { Description = "One of them in full, such as E21; all of them in short if omitted.", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> json = CommonOptions.Json();
        Command command = new(
            "errata",
            "List the defects of the posted code: each is a switch (--errata of run, trace and compare), and iopf review shows it.") { id, json };
        command.SetAction(parsed =>
        {
            IReadOnlyList<ErrataEntry> entries = parsed.GetValue(id) is string one ? [ErrataCatalog.Get(IdOf(one))] : ErrataCatalog.All;
            if (parsed.GetValue(json))
            {
                ResultText.PrintJson(terminal, document => ErrataOutput.Write(document, entries));
            }
            else
            {
                ResultText.Print(terminal, parsed.GetValue(id) is null ? ErrataOutput.Table(entries) : ErrataOutput.Full(entries[0]));
            }

            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Reads an id.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <returns>The defect.</returns>
    /// <exception cref="InputException">It is no id.</exception>
    public static Erratum IdOf(string text) => ErrataSpec.TryParseId(text, out Erratum id)
        ? id
        : throw new InputException($"ID: '{text}' is not the id of an erratum; expected one from E01 to E{ErrataSet.Count}");
}
