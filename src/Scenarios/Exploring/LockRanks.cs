namespace Iopf.Exploring;

/// <summary>The edges of a lock graph sorted for drawing: those that lead down from outer to inner locks, and the few that lead back up and close cycles.</summary>
/// <remarks>
/// Which edges lead back is chosen so that they are few: locks under which most is taken, compared with what they are taken under, come first (the greedy
/// rule of Eades, Lin and Smyth, 1993).
/// </remarks>
internal sealed class LockRanks
{
    private readonly List<(string Held, string Taken)> _down = [];

    public LockRanks(LockGraph graph)
    {
        List<string> order = Order(graph);
        foreach ((string held, string taken) in graph.Edges.Keys)
        {
            (order.IndexOf(held) < order.IndexOf(taken) ? _down : Back).Add((held, taken));
        }

        Rows = order.ToDictionary(static name => name, static _ => 0);
        foreach (string name in order)
        {
            foreach ((_, string taken) in _down.Where(edge => edge.Held == name))
            {
                Rows[taken] = Math.Max(Rows[taken], Rows[name] + 1);
            }
        }
    }

    /// <summary>The edges that close cycles.</summary>
    public List<(string Held, string Taken)> Back { get; } = [];

    /// <summary>The edges that lead down, without those that follow from others.</summary>
    public IEnumerable<(string Held, string Taken)> Needed =>
        _down.Where(edge => !_down.Exists(first => first.Held == edge.Held && first.Taken != edge.Taken && Leads(first.Taken, edge.Taken)));

    /// <summary>How far down each lock stands: below all that it is taken under.</summary>
    public Dictionary<string, int> Rows { get; }

    private static List<string> Order(LockGraph graph)
    {
        List<string> left = [.. graph.Classes];
        List<string> first = [];
        List<string> last = [];
        while (left.Count > 0)
        {
            if (left.Find(name => !Out(name).Any()) is { } sink)
            {
                last.Insert(0, sink);
                left.Remove(sink);
            }
            else
            {
                string source = left.Find(name => !In(name).Any()) ?? left.MaxBy(name => Out(name).Count() - In(name).Count())!;
                first.Add(source);
                left.Remove(source);
            }
        }

        return [.. first, .. last];

        IEnumerable<string> Out(string name) => graph.Edges.Keys.Where(edge => edge.Held == name && left.Contains(edge.Taken)).Select(static edge => edge.Taken);
        IEnumerable<string> In(string name) => graph.Edges.Keys.Where(edge => edge.Taken == name && left.Contains(edge.Held)).Select(static edge => edge.Held);
    }

    private bool Leads(string from, string to) => from == to || _down.Exists(edge => edge.Held == from && Leads(edge.Taken, to));
}
