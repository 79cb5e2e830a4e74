namespace Iopf.Exploring;

/// <summary>A graph of lock classes as text for people and for tools that draw.</summary>
public static class LockGraphText
{
    /// <summary>The cycles, if there are any, then one line for each edge.</summary>
    /// <param name="graph">The graph.</param>
    /// <returns>The lines.</returns>
    public static IEnumerable<string> Lines(LockGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        IReadOnlyList<string> cycles = graph.Cycles;
        yield return cycles.Count == 0 ? "no cycle" : $"{cycles.Count} cycles, the shortest through each edge:";
        foreach (string cycle in cycles)
        {
            yield return $"  {cycle}";
        }

        yield return "";
        yield return $"{graph.Edges.Count} edges, each with where the outer and the inner lock were taken:";
        foreach (((string held, string taken), string places) in graph.Edges)
        {
            yield return $"{held} -> {taken}   ({places}){(graph.IsOnCycle(held, taken) ? "  ON A CYCLE" : "")}";
        }
    }

    /// <summary>The graph in the DOT language.</summary>
    /// <param name="graph">The graph.</param>
    /// <returns>The lines.</returns>
    public static IEnumerable<string> Dot(LockGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        yield return "digraph locks {";
        yield return "  node [shape=box, fontname=monospace, fontsize=10]; edge [fontname=monospace, fontsize=8];";
        foreach (((string held, string taken), string places) in graph.Edges)
        {
            yield return $"  \"{held}\" -> \"{taken}\" [tooltip=\"{places}\"{(graph.IsOnCycle(held, taken) ? ", color=red" : "")}];";
        }

        yield return "}";
    }

    /// <summary>The graph as a Mermaid flowchart.</summary>
    /// <param name="graph">The graph.</param>
    /// <returns>The lines, without the fence of a Markdown block.</returns>
    public static IEnumerable<string> Mermaid(LockGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Dictionary<string, string> ids = graph.Classes.Select(static (name, at) => (name, at)).ToDictionary(static pair => pair.name, static pair => $"l{pair.at}");
        yield return "flowchart TD";
        foreach ((string name, string id) in ids)
        {
            yield return $"    {id}[\"{name}\"]";
        }

        List<int> bad = [];
        int number = 0;
        foreach ((string held, string taken) in graph.Edges.Keys)
        {
            if (graph.IsOnCycle(held, taken))
            {
                bad.Add(number);
            }

            number++;
            yield return $"    {ids[held]} --> {ids[taken]}";
        }

        if (bad.Count > 0)
        {
            yield return $"    linkStyle {string.Join(',', bad)} stroke:red";
        }
    }
}
