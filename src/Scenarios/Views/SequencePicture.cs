using System.Globalization;

namespace Iopf.Views;

/// <summary>A sequence diagram drawn: who takes part side by side, time downwards.</summary>
public static class SequencePicture
{
    private const int Left = 80;
    private const int ColumnWidth = 150;
    private const int RowHeight = 36;
    private const int BoxWidth = 110;
    private const int BoxHeight = 24;
    private const int Top = 56;

    /// <summary>Draws a diagram.</summary>
    /// <param name="diagram">The diagram.</param>
    /// <returns>The drawing.</returns>
    public static Drawing Draw(SequenceDiagram diagram)
    {
        ArgumentNullException.ThrowIfNull(diagram);
        Drawing drawing = new();
        Dictionary<string, int> columns = [];
        int bottom = Top + BoxHeight + ((diagram.Messages.Count + 1) * RowHeight);
        drawing.Text(12, 24, diagram.Title, "title");
        foreach (string name in diagram.Participants)
        {
            int x = Left + (columns.Count * ColumnWidth) + (BoxWidth / 2);
            columns.Add(name, x);
            drawing.Line(x, Top + BoxHeight, x, bottom, "life");
            drawing.Box(x - (BoxWidth / 2), Top, BoxWidth, BoxHeight, "box");
            drawing.Text(x, Top + 16, name, isCentered: true);
        }

        int y = Top + BoxHeight + RowHeight;
        string? shown = null;
        foreach (SequenceMessage message in diagram.Messages)
        {
            string time = (message.Nanoseconds / 1000m).ToString("0.000", CultureInfo.InvariantCulture);
            if (time != shown)
            {
                drawing.Text(8, y + 4, time + " us", "dim");
                shown = time;
            }

            int from = columns[message.From];
            int to = columns[message.To];
            drawing.Arrow(from, to, y);
            int textX = from == to ? to + 26 : Math.Min(from, to) + 8;
            drawing.Text(textX, y - 5, message.Function);
            drawing.Text(textX, y + 12, message.Text, "dim");
            y += RowHeight;
        }

        return drawing;
    }
}
