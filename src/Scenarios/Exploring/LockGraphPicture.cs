using Iopf.Views;

namespace Iopf.Exploring;

/// <summary>A graph of lock classes drawn: outer locks above inner ones, edges that close a cycle in red; what follows from other edges is left out.</summary>
public static class LockGraphPicture
{
    private const int RowHeight = 84;
    private const int BoxHeight = 24;
    private const int Gap = 28;
    private const int Margin = 16;

    /// <summary>Draws a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <returns>The drawing.</returns>
    public static Drawing Draw(LockGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Drawing drawing = new(".bad{stroke:#ab091e;stroke-width:2;fill:none}");
        LockRanks ranks = new(graph);
        (string Held, string Taken)[] down = [.. ranks.Needed];
        Dictionary<string, (int X, int Y, int Width)> places = Places(ranks.Rows, down);
        foreach ((string held, string taken) in down.Concat(ranks.Back))
        {
            (int fromX, int fromY, int fromWidth) = places[held];
            (int toX, int toY, int toWidth) = places[taken];
            bool isDown = toY > fromY;
            drawing.Line(
                fromX + (fromWidth / 2),
                isDown ? fromY + BoxHeight : fromY,
                toX + (toWidth / 2),
                isDown ? toY : toY + BoxHeight,
                isDown ? "link" : "bad");
        }

        foreach ((string name, (int x, int y, int width)) in places)
        {
            drawing.Box(x, y, width, BoxHeight, "box");
            drawing.Text(x + (width / 2), y + 16, name, isCentered: true);
        }

        return drawing;
    }

    /// <summary>Row under row, each in the middle, and in it each lock near those that it is taken under.</summary>
    private static Dictionary<string, (int X, int Y, int Width)> Places(Dictionary<string, int> rows, (string Held, string Taken)[] edges)
    {
        IGrouping<int, string>[] lines = [.. rows.Keys.GroupBy(name => rows[name]).OrderBy(static row => row.Key)];
        int widest = lines.Max(static line => line.Sum(static name => WidthOf(name) + Gap));
        Dictionary<string, (int X, int Y, int Width)> places = [];
        foreach (IGrouping<int, string> line in lines)
        {
            int x = Margin + ((widest - line.Sum(static name => WidthOf(name) + Gap)) / 2);
            foreach (string name in line.OrderBy(MiddleOfThoseAbove).ThenBy(static name => name, StringComparer.Ordinal))
            {
                places[name] = (x, Margin + (line.Key * RowHeight), WidthOf(name));
                x += WidthOf(name) + Gap;
            }
        }

        return places;

        double MiddleOfThoseAbove(string name) =>
            edges.Where(edge => edge.Taken == name && places.ContainsKey(edge.Held)).Select(edge => places[edge.Held].X + (places[edge.Held].Width / 2.0)).DefaultIfEmpty(widest / 2.0).Average();
    }

    private static int WidthOf(string name) => (name.Length * Drawing.CharacterWidth) + 16;
}
