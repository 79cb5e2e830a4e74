namespace Iopf.Kernel;

/// <summary>Edges between classes of locks: the inner one was taken while the outer one was held, each with the places where that was first seen.</summary>
public sealed class LockEdges
{
    private readonly Dictionary<(string Held, string Taken), string> _places = [];
    private readonly Dictionary<string, List<string>> _successors = [];

    /// <summary>The edges, each with its places.</summary>
    public IReadOnlyDictionary<(string Held, string Taken), string> Places => _places;

    /// <summary>Adds an edge unless it is there.</summary>
    /// <param name="held">The class of the outer lock.</param>
    /// <param name="taken">The class of the inner lock.</param>
    /// <param name="places">Where the two were taken.</param>
    /// <returns>Whether it is new.</returns>
    public bool Add(string held, string taken, string places)
    {
        if (!_places.TryAdd((held, taken), places))
        {
            return false;
        }

        if (!_successors.TryGetValue(held, out List<string>? successors))
        {
            _successors.Add(held, successors = []);
        }

        successors.Add(taken);
        return true;
    }

    /// <summary>The shortest cycle that an edge closes.</summary>
    /// <param name="held">The class of the outer lock.</param>
    /// <param name="taken">The class of the inner lock.</param>
    /// <returns>The classes it leads through, from the outer lock back to it; <see langword="null"/> if it closes none.</returns>
    public IReadOnlyList<string>? CycleOf(string held, string taken)
    {
        Dictionary<string, string> cameFrom = new() { [taken] = taken };
        Queue<string> open = new([taken]);
        while (open.TryDequeue(out string? at))
        {
            if (at == held)
            {
                List<string> path = [at];
                while (path[0] != taken)
                {
                    path.Insert(0, cameFrom[path[0]]);
                }

                return [held, .. path];
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

    /// <summary>A cycle in words: its edges, each with its places.</summary>
    /// <param name="cycle">The classes it leads through.</param>
    /// <returns>The words.</returns>
    public string Describe(IReadOnlyList<string> cycle) =>
        string.Join("; ", cycle.Zip(cycle.Skip(1)).Select(edge => $"{edge.First} -> {edge.Second} ({_places[edge]})"));
}
