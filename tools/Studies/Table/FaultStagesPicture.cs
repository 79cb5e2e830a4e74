using System.Globalization;
using Iopf.Kernel;
using Iopf.Workloads;

namespace Iopf.Views;

/// <summary>The stages of a fault as parts of a bar, row by row: where its time goes on average.</summary>
public static class FaultStagesPicture
{
    private const string Style =
        ".s0{fill:#829ab1}.s1{fill:#f0b429}.s2{fill:#2f80ed}.s3{fill:#de911d}.s4{fill:#27ab83}.s5{fill:#8eedc7}.s6{fill:#9446ed}.s7{fill:#da4af4}"
        + ".s8{fill:#486581}.s9{fill:#e66a6a}" + TablePicture.DarkStyle;

    private const int Left = 180;
    private const int Width = 600;
    private const int RowHeight = 22;
    private const int LegendColumns = 5;
    private const int LegendWidth = 150;
    private const int Top = 84;

    /// <summary>Draws the runs.</summary>
    /// <param name="table">The table.</param>
    /// <returns>The picture.</returns>
    public static Drawing Draw(CoverLetterTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        Drawing drawing = new(Style);
        drawing.Text(12, 20, "Where the time of a fault goes, on average", "title");
        string[] names = [.. StageTimes.Stages.Select(static stage => stage.ToString()), "Queues"];
        for (int i = 0; i < names.Length; i++)
        {
            int x = 12 + (i % LegendColumns * LegendWidth);
            int y = 34 + (i / LegendColumns * 18);
            drawing.Box(x, y, 14, 10, StyleOf(i));
            drawing.Text(x + 20, y + 10, names[i]);
        }

        for (int i = 0; i < table.Rows.Count; i++)
        {
            Row(drawing, table.Rows[i], names, Top + (i * RowHeight));
        }

        return drawing;
    }

    private static void Row(Drawing drawing, TableRow row, string[] names, int y)
    {
        SecTiming timing = row.Iopf;
        double whole = Math.Max(1, timing.StallNanoseconds);
        double faults = Math.Max(1, timing.Faults);
        long[] parts = [.. StageTimes.Stages.Select(timing.Stages.NanosecondsOf), timing.QueueNanoseconds];
        drawing.Text(12, y + 12, string.Create(CultureInfo.InvariantCulture, $"{row.Config} at {row.Messages}"));
        long before = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            int from = (int)(before * Width / whole);
            before += parts[i];
            int to = (int)(before * Width / whole);
            if (to > from)
            {
                drawing.Box(Left + from, y, to - from, RowHeight - 6, StyleOf(i), $"{names[i]}: {Microseconds(parts[i] / faults)} us");
            }
        }

        drawing.Text(Left + Width + 8, y + 12, $"{Microseconds(timing.StallNanoseconds / faults)} us", "dim");
    }

    private static string StyleOf(int part) => string.Create(CultureInfo.InvariantCulture, $"s{part}");

    private static string Microseconds(double nanoseconds) => (nanoseconds / 1000).ToString("0.0", CultureInfo.InvariantCulture);
}
