namespace Iopf.Kernel;

/// <summary>Which classes of locks were taken while which others were held, and whether that order has a cycle.</summary>
/// <remarks>Kernel: lockdep's dependency graph. Recording observes; it changes nothing.</remarks>
public sealed class LockOrder
{
    private readonly Dictionary<(string Held, string Taken), string> _edges = [];
    private readonly Dictionary<string, List<string>> _successors = [];
    private readonly List<string> _cycles = [];

    /// <summary>The edges seen so far, each with the first place that made it.</summary>
    public IReadOnlyDictionary<(string Held, string Taken), string> Edges => _edges;

    /// <summary>The cycles closed so far, each as the classes it leads through and the places that made its edges.</summary>
    public IReadOnlyList<string> Cycles => _cycles;

    internal void Record(KernelLock held, string heldPlace, KernelLock taken, string takenPlace)
    {
        // Two locks of one class (mmap_lock of parent and child) are nested on purpose where that happens.
        if (held.Class == taken.Class || _edges.ContainsKey((held.Class, taken.Class)))
        {
            return;
        }

        _edges.Add((held.Class, taken.Class), $"{heldPlace} then {takenPlace}");
        if (!_successors.TryGetValue(held.Class, out List<string>? successors))
        {
            _successors.Add(held.Class, successors = []);
        }

        successors.Add(taken.Class);
        if (PathBetween(taken.Class, held.Class) is { } path)
        {
            _cycles.Add(Describe([held.Class, .. path]));
        }
    }

    private string Describe(List<string> cycle) =>
        string.Join("; ", cycle.Zip(cycle.Skip(1)).Select(edge => $"{edge.First} -> {edge.Second} ({_edges[edge]})"));

    private List<string>? PathBetween(string from, string to)
    {
        Dictionary<string, string> cameFrom = new() { [from] = from };
        Queue<string> open = new([from]);
        while (open.TryDequeue(out string? at))
        {
            if (at == to)
            {
                List<string> path = [at];
                while (path[0] != from)
                {
                    path.Insert(0, cameFrom[path[0]]);
                }

                return path;
            }

            foreach (string next in _successors.GetValueOrDefault(at) ?? [])
            {
                if (cameFrom.TryAdd(next, at))
                {
                    open.Enqueue(next);
                }
            }
        }

        return null;
    }
}
