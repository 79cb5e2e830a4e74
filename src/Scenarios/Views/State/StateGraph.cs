using Iopf.ArmSmmuV3.Hardware;
using Iopf.Machine;

namespace Iopf.Views;

/// <summary>A host's state as a Graphviz graph: mappings with their page states beside the page tables that devices walk.</summary>
public static class StateGraph
{
    private const int CellsPerLine = 64;
    private const int LinesShown = 32;

    /// <summary>The lines of the graph.</summary>
    /// <param name="state">The state.</param>
    /// <returns>Text in the DOT language.</returns>
    public static IEnumerable<string> Lines(HostState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        yield return "digraph state {";
        yield return "  rankdir=LR; fontname=monospace; labelloc=t;";
        yield return $"  label={Quoted($"{state.Moment}, locked_vm {state.LockedVm}")};";
        yield return "  node [shape=box, fontname=monospace, fontsize=10];";
        for (int index = 0; index < state.Containers.Count; index++)
        {
            ContainerState container = state.Containers[index];
            yield return $"  subgraph cluster_container{index} {{ label={Quoted($"{container.Name}, IOPF {(container.IsIopfEnabled ? "enabled" : "not enabled")}")};";
            for (int mapping = 0; mapping < container.Mappings.Count; mapping++)
            {
                yield return $"    m{index}_{mapping} [label={Quoted(LabelOf(container.Mappings[mapping]))}];";
            }

            yield return "  }";
        }

        foreach (string line in state.Streams.SelectMany(TablesOf))
        {
            yield return line;
        }

        yield return "}";
    }

    private static IEnumerable<string> TablesOf(StreamTables stream)
    {
        string device = $"sid{stream.StreamId:x}_{stream.Device}";
        yield return $"  {Quoted(device)} [shape=ellipse, label={Quoted($"{stream.Device}\\nsid 0x{stream.StreamId:x}\\nstage {stream.Stage}")}];";
        foreach (TableNode table in stream.Tables)
        {
            string name = $"{device}_{table.Address:x}";
            string parent = table.Parent is ulong above ? $"{device}_{above:x}" : device;
            yield return $"  {Quoted(name)} [label={Quoted($"level {table.Level}\\n0x{table.Address:x}")}];";
            yield return $"  {Quoted(parent)} -> {Quoted(name)} [label={Quoted($"0x{table.Input:x}")}, fontsize=9];";
        }

        for (int index = 0; index < stream.Leaves.Count; index++)
        {
            LeafRun run = stream.Leaves[index];
            string name = $"{device}_leaf{index}";
            string label = $"0x{run.Input:x} to 0x{run.Last:x}\\n-> 0x{run.Output:x}\\n{run.Count} x 0x{run.Size:x} {run.Rights}";
            yield return $"  {Quoted(name)} [shape=note, label={Quoted(label)}];";
            yield return $"  {Quoted($"{device}_{run.Table:x}")} -> {Quoted(name)};";
        }
    }

    // One character a cell: '.' not mapped, 'm' mapped, 'P' mapped and pinned, 'p' pinned only. "\l" ends a line that is set flush left.
    private static string LabelOf(MappingState mapping)
    {
        List<string> lines = [$"iova {mapping.Iova} size 0x{mapping.Size:x}", $"vaddr 0x{mapping.Vaddr:x} of {mapping.Process}"];
        lines.AddRange(mapping.Cells.Select(SignOf).Chunk(CellsPerLine).Take(LinesShown).Select(signs => new string(signs)));
        lines.AddRange(mapping.FaultMapped.Take(LinesShown).Select(run => $"mapped by faults: {run}"));
        lines.AddRange(mapping.VendorPinned.Take(LinesShown).Select(run => $"pinned by vendor drivers: {run}"));
        return string.Concat(lines.Select(line => line + "\\l"));
    }

    private static char SignOf(PageCell cell) => cell switch
    {
        PageCell.Unmapped => '.',
        PageCell.Mapped => 'm',
        PageCell.MappedPinned => 'P',
        _ => 'p',
    };

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
