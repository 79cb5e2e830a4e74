using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Pages that one call pinned beyond the contiguous run that was asked for: the next run starts with them.</summary>
/// <remarks>Kernel: <c>struct vfio_batch</c>.</remarks>
internal sealed class PinBatch
{
    /// <summary>How many pages one call pins at the most.</summary>
    public const int Capacity = 512;

    private readonly Pfn[] _frames = new Pfn[Capacity];
    private readonly Pfn[] _single = new Pfn[1];
    private int _next;
    private int _count;

    /// <summary>Whether nothing is left.</summary>
    public bool IsEmpty => _next == _count;

    /// <summary>Whether it holds one page, of which nothing was taken yet.</summary>
    public bool IsSingle => _next == 0 && _count == 1;

    /// <summary>The frame of the next page.</summary>
    public Pfn First => _frames[_next];

    /// <summary>Takes the next page out.</summary>
    /// <returns>Its frame.</returns>
    public Pfn TakeFirst() => _frames[_next++];

    /// <summary>Where to put pages.</summary>
    /// <param name="pageCount">How many at the most.</param>
    /// <returns>The room for them.</returns>
    public Memory<Pfn> Room(int pageCount) => _frames.AsMemory(0, pageCount);

    /// <summary>A single frame, where frames are asked for.</summary>
    /// <param name="frame">The frame.</param>
    /// <returns>The frame, until the next call.</returns>
    public ReadOnlyMemory<Pfn> Single(Pfn frame)
    {
        _single[0] = frame;
        return _single;
    }

    /// <summary>Notes how many pages were put there.</summary>
    /// <param name="pageCount">How many.</param>
    public void Filled(int pageCount)
    {
        _next = 0;
        _count = pageCount;
    }
}
