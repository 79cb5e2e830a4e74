namespace AdaptiveWindow;

/// <summary>How many pages the next fault maps, by what the last ones and the invalidations since then were.</summary>
public sealed class AdaptiveLength
{
    /// <summary>The longest window: that of the posted patch.</summary>
    public const int Longest = 512;

    // A device that reads one buffer and writes another goes on in both.
    private const int Streams = 8;

    private readonly Queue<ulong> _ends = new(Streams);
    private int _length = 1;

    /// <summary>The length for a fault at a page.</summary>
    public int Next(ulong page)
    {
        if (_ends.Contains(page))
        {
            _length = Math.Min(_length * 2, Longest);
        }

        return _length;
    }

    /// <summary>Notes what a fault mapped: a device that goes on faults behind it.</summary>
    public void Mapped(ulong page, ulong count)
    {
        if (_ends.Count == Streams)
        {
            _ends.Dequeue();
        }

        _ends.Enqueue(page + count);
    }

    /// <summary>Notes that memory was taken away.</summary>
    public void Invalidated() => _length = Math.Max(_length / 2, 1);
}
