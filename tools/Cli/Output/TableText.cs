using System.Globalization;
using Iopf.Workloads;

namespace Iopf.Cli.Output;

/// <summary>The cover letter's table for a reader.</summary>
internal static class TableText
{
    private const int NoteWidth = 120;

    /// <summary>The names of the columns: published, model and difference twice over.</summary>
    public static string[] Header { get; } =
        ["config", "premap", "messages", "faults", "model", "diff", "slowdown %", "model", "diff pp", ""];

    /// <summary>The names of a parameter's columns.</summary>
    public static string[] ParameterHeader { get; } = ["parameter", "value", "unit", "status", "source"];

    /// <summary>The lines.</summary>
    /// <param name="table">The table.</param>
    /// <returns>The lines, without line breaks.</returns>
    public static IEnumerable<string> Lines(CoverLetterTable table) =>
    [
        "The cover letter's table, published and modelled: patches all, errata all (as posted, which is what was measured)",
        "",
        .. TextTable.Lines(Header, table.Rows.Select(Cells)),
        "",
        .. TableNotes.Of(table).SelectMany(static note => Wrapped($"[{note.Mark}] {note.Text}")),
        "",
        WorstDifference(table.Worst),
        "",
        .. TextTable.Lines(ParameterHeader, table.Parameters.Select(ParameterCells)),
    ];

    /// <summary>The worst of the nine cells, in words.</summary>
    /// <param name="worst">The row.</param>
    /// <returns>One sentence.</returns>
    public static string WorstDifference(TableRow worst) => string.Create(
        CultureInfo.InvariantCulture,
        $"The slowdown that differs most in the nine cells: {worst.Config} at {worst.Messages}, {SignedPoints(worst.Difference)} percentage points.");

    /// <summary>The cells of a row, as text.</summary>
    /// <param name="row">The row.</param>
    /// <returns>As many as <see cref="Header"/> has.</returns>
    public static string[] Cells(TableRow row) =>
    [
        row.Config,
        Number(row.Premap),
        Number(row.Messages),
        Number(row.PublishedFaults),
        Number(row.Iopf.Faults),
        (row.Iopf.Faults - row.PublishedFaults).ToString("+0;-0;0", CultureInfo.InvariantCulture),
        Percent(row.PublishedSlowdown),
        Percent(row.ModelSlowdown),
        SignedPoints(row.Difference),
        string.Join(" ", TableNotes.MarksOf(row).Select(static mark => $"[{mark}]")),
    ];

    /// <summary>The cells of a parameter, as text.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <returns>As many as <see cref="ParameterHeader"/> has.</returns>
    public static string[] ParameterCells(CostParameter parameter) =>
        [parameter.Name, parameter.Value, parameter.Unit, parameter.Status, parameter.Source];

    private static IEnumerable<string> Wrapped(string text)
    {
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line.Length + 1 + word.Length > NoteWidth)
            {
                yield return line;
                line = "   ";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        yield return line;
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Percent(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string SignedPoints(double value) => value.ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture);
}
