using Iopf.Views;

namespace Iopf.Exploring;

/// <summary>A graph of lock classes drawn: outer locks above inner ones, edges of cycles in red.</summary>
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
        IReadOnlyList<string> classes = graph.Classes;
        Dictionary<string, int> rows = Rows(graph, classes);
        Dictionary<string, (int X, int Y, int Width)> places = [];
        foreach (IGrouping<int, string> row in classes.GroupBy(name => rows[name]))
        {
            int x = Margin + (row.Key % 2 * Gap);
            foreach (string name in row)
            {
                int width = (name.Length * Drawing.CharacterWidth) + 16;
                places[name] = (x, Margin + (row.Key * RowHeight), width);
                x += width + Gap;
            }
        }

        foreach ((string held, string taken) in graph.Edges.Keys)
        {
            (int fromX, int fromY, int fromWidth) = places[held];
            (int toX, int toY, int toWidth) = places[taken];
            bool isDown = toY > fromY;
            drawing.Line(
                fromX + (fromWidth / 2),
                isDown ? fromY + BoxHeight : fromY,
                toX + (toWidth / 2),
                isDown ? toY : toY + BoxHeight,
                graph.IsOnCycle(held, taken) ? "bad" : "link");
        }

        foreach ((string name, (int x, int y, int width)) in places)
        {
            drawing.Box(x, y, width, BoxHeight, "box");
            drawing.Text(x + (width / 2), y + 16, name, isCentered: true);
        }

        return drawing;
    }

    // The longest way from an outermost lock; round a cycle nothing is outermost, so rows end at the number of classes.
    private static Dictionary<string, int> Rows(LockGraph graph, IReadOnlyList<string> classes)
    {
        Dictionary<string, int> rows = classes.ToDictionary(static name => name, static _ => 0);
        for (int round = 0; round < classes.Count; round++)
        {
            foreach ((string held, string taken) in graph.Edges.Keys)
            {
                if (!graph.IsOnCycle(held, taken))
                {
                    rows[taken] = Math.Max(rows[taken], rows[held] + 1);
                }
            }
        }

        return rows;
    }
}
