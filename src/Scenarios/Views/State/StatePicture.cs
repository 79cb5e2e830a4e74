using System.Globalization;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.Machine;

namespace Iopf.Views;

/// <summary>A host's state drawn: every page of every mapping as a cell, the ranges that faults mapped and drivers pinned, and the page tables.</summary>
public static class StatePicture
{
    private const int Cell = 10;
    private const int CellsPerRow = 64;
    private const int Left = 12;
    private const int TableIndent = 28;
    private const int TablesShown = 256;
    private const int RunsShown = 64;

    /// <summary>Draws a state.</summary>
    /// <param name="state">The state.</param>
    /// <returns>The drawing.</returns>
    public static Drawing Draw(HostState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Drawing drawing = new();
        drawing.Text(Left, 24, state.Moment, "title");
        DrawLegend(drawing, state);
        foreach (ContainerState container in state.Containers)
        {
            string iopf = container.IsIopfEnabled ? "IOPF enabled" : "IOPF not enabled";
            drawing.Text(Left, drawing.Bottom + (2 * Drawing.LineHeight), $"{container.Name}: {iopf}, {container.Mappings.Count} mappings", "title");
            foreach (MappingState mapping in container.Mappings)
            {
                DrawMapping(drawing, mapping);
            }
        }

        foreach (StreamTables stream in state.Streams)
        {
            DrawTables(drawing, stream);
        }

        return drawing;
    }

    /// <summary>The class of the style for a cell.</summary>
    /// <param name="cell">The cell.</param>
    /// <returns>The class.</returns>
    public static string StyleOf(PageCell cell) => cell.ToString().ToLowerInvariant();

    private static void DrawLegend(Drawing drawing, HostState state)
    {
        int x = Left;
        foreach (PageCell cell in Enum.GetValues<PageCell>())
        {
            string words = cell switch
            {
                PageCell.Unmapped => "not mapped",
                PageCell.Mapped => "mapped, free to move",
                PageCell.MappedPinned => "mapped and pinned",
                _ => "pinned only",
            };
            drawing.Box(x, 36, Cell, Cell, StyleOf(cell));
            drawing.Text(x + 16, 45, words, "dim");
            x += 34 + (words.Length * Drawing.CharacterWidth);
        }

        drawing.Text(x, 45, string.Create(CultureInfo.InvariantCulture, $"locked_vm {state.LockedVm}"), "dim");
    }

    private static void DrawMapping(Drawing drawing, MappingState mapping)
    {
        int y = drawing.Bottom + Drawing.LineHeight + 4;
        string scale = mapping.PagesPerCell == 1 ? "a cell a page" : $"a cell {mapping.PagesPerCell} pages";
        string way = mapping.IsOnDemand ? "mapped on demand" : "mapped by MAP_DMA";
        drawing.Text(Left, y, $"iova {mapping.Iova} size 0x{mapping.Size:x} -> 0x{mapping.Vaddr:x} of {mapping.Process}, {way}, {scale}");
        for (int index = 0; index < mapping.Cells.Count; index++)
        {
            PageCell cell = mapping.Cells[index];
            ulong page = (ulong)index * mapping.PagesPerCell;
            string tip = $"{mapping.Iova.PlusPages(page)}: {cell}";
            drawing.Box(Left + (index % CellsPerRow * Cell), y + 6 + (index / CellsPerRow * Cell), Cell, Cell, StyleOf(cell), tip);
        }

        DrawRanges(drawing, "mapped by faults", mapping.FaultMapped);
        DrawRanges(drawing, "pinned by vendor drivers", mapping.VendorPinned);
    }

    private static void DrawRanges(Drawing drawing, string what, IReadOnlyList<IovaRange> ranges)
    {
        if (ranges.Count == 0)
        {
            return;
        }

        string more = ranges.Count > RunsShown ? $" and {ranges.Count - RunsShown} more" : "";
        foreach (IovaRange[] line in ranges.Take(RunsShown).Chunk(4))
        {
            bool isLast = line[^1].Equals(ranges[Math.Min(ranges.Count, RunsShown) - 1]);
            drawing.Text(Left, drawing.Bottom + Drawing.LineHeight, $"{what}: {string.Join(", ", line)}{(isLast ? more : "")}", "dim");
        }
    }

    private static void DrawTables(Drawing drawing, StreamTables stream)
    {
        string title = stream.Stage == 0
            ? $"{stream.Device} sid 0x{stream.StreamId:x}: no translation tables"
            : $"{stream.Device} sid 0x{stream.StreamId:x}: stage-{stream.Stage} tables, {stream.InputBits}-bit input";
        drawing.Text(Left, drawing.Bottom + (2 * Drawing.LineHeight), title, "title");
        foreach (TableNode table in stream.Tables.Take(TablesShown))
        {
            int x = Left + ((table.Level - stream.Tables[0].Level) * TableIndent);
            int y = drawing.Bottom + 6;
            string words = $"level {table.Level} table at 0x{table.Address:x} for 0x{table.Input:x}";
            if (table.Parent is not null)
            {
                drawing.Line(x - (TableIndent / 2), y - 4, x - (TableIndent / 2), y + 10, "link");
                drawing.Line(x - (TableIndent / 2), y + 10, x, y + 10, "link");
            }

            drawing.Box(x, y, (words.Length * Drawing.CharacterWidth) + 16, 20, "box");
            drawing.Text(x + 8, y + 14, words);
            foreach (LeafRun run in stream.Leaves.Where(leaf => leaf.Table == table.Address).Take(RunsShown))
            {
                drawing.Text(
                    x + TableIndent,
                    drawing.Bottom + Drawing.LineHeight,
                    $"0x{run.Input:x} to 0x{run.Last:x} -> 0x{run.Output:x}, {run.Count} x 0x{run.Size:x} {run.Rights}",
                    "dim");
            }
        }

        if (stream.Tables.Count > TablesShown)
        {
            drawing.Text(Left, drawing.Bottom + Drawing.LineHeight, $"and {stream.Tables.Count - TablesShown} more tables", "dim");
        }
    }
}
