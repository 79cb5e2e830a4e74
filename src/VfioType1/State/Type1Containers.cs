namespace Iopf.VfioType1;

/// <summary>The containers that type1 serves now; a view for checkers and reports.</summary>
public sealed class Type1Containers
{
    private readonly List<Type1Container> _open = [];
    private int _lastId;
    private int _leakedPins;
    private int _leakedRanges;

    /// <summary>The containers, oldest first.</summary>
    public IReadOnlyList<Type1Container> Open => _open;

    /// <summary>How many pinned pages mappings left behind that were removed (E66).</summary>
    public int LeakedPins => _leakedPins + _open.Sum(static container => container.LeakedPins);

    /// <summary>How many ranges of pages that groups pinned were never freed when their groups left (E66).</summary>
    public int LeakedRanges => _leakedRanges + _open.Sum(static container => container.LeakedRanges);

    internal int NextId() => ++_lastId;

    internal void Add(Type1Container container) => _open.Add(container);

    internal void Remove(Type1Container container)
    {
        _open.Remove(container);
        _leakedPins += container.LeakedPins;
        _leakedRanges += container.LeakedRanges;
    }
}
