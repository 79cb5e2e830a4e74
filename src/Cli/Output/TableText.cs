using System.Globalization;
using Iopf.Workloads;

namespace Iopf.Cli.Output;

/// <summary>The cover letter's table for a reader.</summary>
internal static class TableText
{
    private static readonly string[] Header =
        ["config", "premap", "messages", "faults", "model", "diff", "slowdown %", "model", "diff pp", "notes"];

    /// <summary>The lines.</summary>
    /// <param name="table">The table.</param>
    /// <returns>The lines, without line breaks.</returns>
    public static IEnumerable<string> Lines(CoverLetterTable table)
    {
        foreach (string line in TextTable.Lines(Header, table.Rows.Select(Cells)))
        {
            yield return line;
        }
    }

    private static string[] Cells(TableRow row) =>
    [
        row.Config,
        Number(row.Premap),
        Number(row.Messages),
        Number(row.PublishedFaults),
        Number(row.Iopf.Faults),
        Signed(row.Iopf.Faults - row.PublishedFaults),
        Percent(row.PublishedSlowdown),
        Percent(row.ModelSlowdown),
        SignedPoints(row.Difference),
        Number(row.Iopf.Devices[0].LongestStallNanoseconds)+" "+row.ModelOverlap(10100,718).ToString("0.00", CultureInfo.InvariantCulture)+" "+row.PublishedOverlap(10100,718).ToString("0.00", CultureInfo.InvariantCulture)+" "+ row.Pinned.ElapsedNanoseconds+" "+row.Iopf.ElapsedNanoseconds,
    ];

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Signed(long number) => number.ToString("+0;-0;0", CultureInfo.InvariantCulture);

    private static string Percent(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string SignedPoints(double value) => value.ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture);
}
