namespace Iopf.Kernel;

/// <summary>Which classes of locks were taken while which others were held, and whether that order has a cycle.</summary>
/// <remarks>Kernel: lockdep's dependency graph. Recording observes; it changes nothing.</remarks>
public sealed class LockOrder
{
    private readonly LockEdges _edges = new();
    private readonly List<string> _cycles = [];

    /// <summary>The edges seen so far, each with the first place that made it.</summary>
    public IReadOnlyDictionary<(string Held, string Taken), string> Edges => _edges.Places;

    /// <summary>The cycles closed so far, each as the classes it leads through and the places that made its edges.</summary>
    public IReadOnlyList<string> Cycles => _cycles;

    internal void Record(KernelLock held, string heldPlace, KernelLock taken, string takenPlace)
    {
        // Two locks of one class (mmap_lock of parent and child) are nested on purpose where that happens. Nearly every edge is known: no text is built then.
        if (held.Class != taken.Class
            && !_edges.Places.ContainsKey((held.Class, taken.Class))
            && _edges.Add(held.Class, taken.Class, $"{heldPlace} then {takenPlace}")
            && _edges.CycleOf(held.Class, taken.Class) is { } cycle)
        {
            _cycles.Add(_edges.Describe(cycle));
        }
    }
}
