using Iopf.Kernel;

namespace Iopf.Exploring;

/// <summary>Which classes of locks were taken while which others were held, over many runs.</summary>
/// <remarks>Kernel: lockdep's dependency graph. A cycle counts even if no run deadlocked.</remarks>
public sealed class LockGraph
{
    private readonly LockEdges _edges = new();
    private SortedDictionary<(string Held, string Taken), string>? _inOrder;

    /// <summary>The edges, each with the first places that made it: where the outer lock was taken, and where the inner one; in the order of the alphabet.</summary>
    public IReadOnlyDictionary<(string Held, string Taken), string> Edges => _inOrder ??= new(_edges.Places.ToDictionary());

    /// <summary>The classes, in the order of the alphabet.</summary>
    public IReadOnlyList<string> Classes => [.. _edges.Places.Keys.SelectMany(static edge => new[] { edge.Held, edge.Taken }).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The shortest cycle through each class that is on one, each once, in words: the classes, and the places that made the edges.</summary>
    public IReadOnlyList<string> Cycles
    {
        get
        {
            // Of cycles of one length the first by the alphabet, whichever was seen first.
            LockEdges edges = new();
            foreach (((string held, string taken), string places) in Edges)
            {
                edges.Add(held, taken, places);
            }

            SortedDictionary<string, string> cycles = new(StringComparer.Ordinal);
            foreach ((string held, string taken) in Edges.Keys)
            {
                if (edges.CycleOf(held, taken) is { } cycle)
                {
                    string key = string.Join(' ', cycle.Distinct().Order(StringComparer.Ordinal));
                    cycles.TryAdd(key, edges.Describe(cycle));
                }
            }

            return [.. cycles.Values];
        }
    }

    /// <summary>Whether an edge lies on a cycle.</summary>
    /// <param name="held">The class of the outer lock.</param>
    /// <param name="taken">The class of the inner lock.</param>
    /// <returns>Whether it does.</returns>
    public bool IsOnCycle(string held, string taken) => _edges.CycleOf(held, taken) is not null;

    /// <summary>Adds what one run recorded.</summary>
    /// <param name="order">The record; <see langword="null"/> adds nothing.</param>
    public void Add(LockOrder? order)
    {
        if (order is not null)
        {
            Add(order.Edges);
        }
    }

    /// <summary>Adds what other runs recorded.</summary>
    /// <param name="other">Their graph.</param>
    public void Add(LockGraph other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Add(other._edges.Places);
    }

    private void Add(IReadOnlyDictionary<(string Held, string Taken), string> edges)
    {
        foreach (((string held, string taken), string places) in edges)
        {
            if (_edges.Add(held, taken, places))
            {
                _inOrder = null;
            }
        }
    }
}
