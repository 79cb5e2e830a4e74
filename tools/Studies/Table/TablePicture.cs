using System.Globalization;
using Iopf.Workloads;

namespace Iopf.Views;

/// <summary>The slowdowns of the cover letter's table as bars, published above modelled.</summary>
public static class TablePicture
{
    /// <summary>Rules for a dark background, where the reader asks for one.</summary>
    internal const string DarkStyle =
        "@media(prefers-color-scheme:dark){svg>rect:first-of-type{fill:#14181d}text{fill:#e4e7eb;stroke:#14181d}.dim{fill:#9aa5b1}.grid{stroke:#3e4c59}}";

    private const string Style = ".published{fill:#8d99a6}.model{fill:#2f80ed}.grid{stroke:#e4e7eb}" + DarkStyle;

    private const int Left = 180;
    private const int PixelsPerPercent = 6;
    private const int BarHeight = 9;
    private const int RowHeight = 30;
    private const int Top = 64;

    /// <summary>Draws the table.</summary>
    /// <param name="table">The table.</param>
    /// <returns>The picture.</returns>
    public static Drawing Draw(CoverLetterTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        Drawing drawing = new(Style);
        drawing.Text(12, 20, "Slowdown with IOPF, percent", "title");
        Legend(drawing);
        for (int percent = 0; percent <= 100; percent += 20)
        {
            int x = Left + (percent * PixelsPerPercent);
            drawing.Line(x, Top - 4, x, Top + (table.Rows.Count * RowHeight), "grid");
            drawing.Text(x, Top - 8, percent.ToString(CultureInfo.InvariantCulture), "dim", isCentered: true);
        }

        for (int i = 0; i < table.Rows.Count; i++)
        {
            Bars(drawing, table.Rows[i], Top + (i * RowHeight));
        }

        return drawing;
    }

    private static void Legend(Drawing drawing)
    {
        drawing.Box(Left + 140, 10, 24, BarHeight, "published");
        drawing.Text(Left + 170, 19, "published");
        drawing.Box(Left + 280, 10, 24, BarHeight, "model");
        drawing.Text(Left + 310, 19, "model");
    }

    private static void Bars(Drawing drawing, TableRow row, int y)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{row.Config} at {row.Messages}");
        drawing.Text(12, y + 15, name);
        Bar(drawing, row.PublishedSlowdown, y + 2, "published", $"{name}, published");
        Bar(drawing, row.ModelSlowdown, y + 3 + BarHeight, "model", $"{name}, model");
        int end = Left + 6 + (int)(Math.Clamp(Math.Max(row.PublishedSlowdown, row.ModelSlowdown), 0, 100) * PixelsPerPercent);
        drawing.Text(end, y + 15, $"{Percent(row.PublishedSlowdown)} / {Percent(row.ModelSlowdown)}", "dim");
    }

    private static void Bar(Drawing drawing, double percent, int y, string style, string what) =>
        drawing.Box(Left, y, Math.Max(1, (int)(Math.Clamp(percent, 0, 100) * PixelsPerPercent)), BarHeight, style, $"{what}: {Percent(percent)} %");

    private static string Percent(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
