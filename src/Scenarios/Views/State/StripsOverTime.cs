using System.Globalization;
using Iopf.Machine;

namespace Iopf.Views;

/// <summary>The pages of every mapping over time: a row of cells after each operation that changed something.</summary>
public static class StripsOverTime
{
    private const int Cell = 10;
    private const int CellsMax = 96;
    private const int Left = 130;
    private const int RowHeight = 14;

    /// <summary>Draws the states of a run.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="states">The host after each operation.</param>
    /// <returns>The drawing.</returns>
    public static Drawing Draw(string title, IReadOnlyList<HostState> states)
    {
        ArgumentNullException.ThrowIfNull(states);
        Drawing drawing = new();
        drawing.Text(8, 20, title, "title");
        string before = "";
        foreach (HostState state in states)
        {
            string picture = Signature(state);
            if (picture == before)
            {
                continue;
            }

            before = picture;
            DrawRow(drawing, state);
        }

        return drawing;
    }

    private static void DrawRow(Drawing drawing, HostState state)
    {
        int y = drawing.Bottom + 10;
        drawing.Text(8, y + 9, state.Moment.Replace("after operation ", "after ", StringComparison.Ordinal));
        drawing.Text(Left - 44, y + 9, string.Create(CultureInfo.InvariantCulture, $"{state.LockedVm}"), "dim");
        foreach (MappingState mapping in state.Containers.SelectMany(container => container.Mappings))
        {
            int shown = Math.Min(mapping.Cells.Count, CellsMax);
            for (int index = 0; index < shown; index++)
            {
                string tip = $"{mapping.Iova.PlusPages((ulong)index * mapping.PagesPerCell)}: {mapping.Cells[index]}";
                drawing.Box(Left + (index * Cell), y, Cell, Cell, StatePicture.StyleOf(mapping.Cells[index]), tip);
            }

            string rest = mapping.Cells.Count > shown ? $" and {mapping.Cells.Count - shown} more" : "";
            drawing.Text(Left + (shown * Cell) + 6, y + 9, $"{mapping.Iova}{rest}", "dim");
            y += RowHeight;
        }
    }

    private static string Signature(HostState state) => string.Join('|', state.Containers.SelectMany(container => container.Mappings)
        .Select(mapping => $"{mapping.Iova}:{string.Concat(mapping.Cells.Select(cell => (char)('0' + (int)cell)))}")) + state.LockedVm;
}
