namespace Iopf.Cli.Output;

/// <summary>Rows of text in aligned columns.</summary>
internal static class TextTable
{
    /// <summary>Aligns rows.</summary>
    /// <param name="header">The names of the columns.</param>
    /// <param name="rows">The rows; each has as many cells as the header.</param>
    /// <returns>The lines: the header, then the rows.</returns>
    public static IEnumerable<string> Lines(string[] header, IEnumerable<string[]> rows)
    {
        List<string[]> all = [header, .. rows];
        int[] widths = [.. Enumerable.Range(0, header.Length).Select(column => all.Max(row => row[column].Length))];
        return all.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
