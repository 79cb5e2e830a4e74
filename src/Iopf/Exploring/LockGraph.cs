using Iopf.Kernel;

namespace Iopf.Exploring;

/// <summary>Which classes of locks were taken while which others were held, over many runs.</summary>
/// <remarks>Kernel: lockdep's dependency graph. A cycle counts even if no run deadlocked.</remarks>
public sealed class LockGraph
{
    private readonly SortedDictionary<(string Held, string Taken), string> _edges = [];

    /// <summary>The edges, each with the first places that made it: where the outer lock was taken, and where the inner one.</summary>
    public IReadOnlyDictionary<(string Held, string Taken), string> Edges => _edges;

    /// <summary>The classes, in the order of the alphabet.</summary>
    public IReadOnlyList<string> Classes => [.. _edges.Keys.SelectMany(static edge => new[] { edge.Held, edge.Taken }).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The shortest cycle through each class that is on one, each once, in words: the classes, and the places that made the edges.</summary>
    public IReadOnlyList<string> Cycles
    {
        get
        {
            SortedDictionary<string, string> cycles = new(StringComparer.Ordinal);
            foreach ((string held, string taken) in _edges.Keys)
            {
                if (Path(taken, held) is { } path)
                {
                    List<string> cycle = [held, .. path];
                    string key = string.Join(' ', cycle.Distinct().Order(StringComparer.Ordinal));
                    cycles.TryAdd(key, string.Join("; ", cycle.Zip(cycle.Skip(1)).Select(edge => $"{edge.First} -> {edge.Second} ({_edges[edge]})")));
                }
            }

            return [.. cycles.Values];
        }
    }

    /// <summary>Whether an edge lies on a cycle.</summary>
    /// <param name="held">The class of the outer lock.</param>
    /// <param name="taken">The class of the inner lock.</param>
    /// <returns>Whether it does.</returns>
    public bool IsOnCycle(string held, string taken) => Path(taken, held) is not null;

    /// <summary>Adds what one run recorded.</summary>
    /// <param name="order">The record; <see langword="null"/> adds nothing.</param>
    public void Add(LockOrder? order)
    {
        foreach ((var edge, string places) in order?.Edges ?? new Dictionary<(string, string), string>())
        {
            _edges.TryAdd(edge, places);
        }
    }

    private List<string>? Path(string from, string to)
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

            foreach ((string held, string taken) in _edges.Keys)
            {
                if (held == at && cameFrom.TryAdd(taken, at))
                {
                    open.Enqueue(taken);
                }
            }
        }

        return null;
    }
}
