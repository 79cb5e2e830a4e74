namespace Iopf.Kernel;

/// <summary>A range of device addresses.</summary>
/// <remarks>Both bounds are inclusive: <c>Last + 1</c> may not exist at the top of the space. An empty range cannot be built.</remarks>
public readonly record struct IovaRange
{
    /// <summary>Names the bytes from <paramref name="first"/> to <paramref name="last"/>.</summary>
    /// <param name="first">The first byte.</param>
    /// <param name="last">The last byte; not below <paramref name="first"/>.</param>
    public IovaRange(Iova first, Iova last)
    {
        Invariant.Hold(first <= last, "a range ends at or after its start");
        First = first;
        Last = last;
    }

    /// <summary>Every address there is.</summary>
    public static IovaRange All { get; } = new(new Iova(0), new Iova(ulong.MaxValue));

    /// <summary>The first byte.</summary>
    public Iova First { get; }

    /// <summary>The last byte (inclusive).</summary>
    public Iova Last { get; }

    /// <summary>The length in bytes; 0 stands for 2^64.</summary>
    public ulong Length => unchecked(Last.Value - First.Value + 1);

    /// <summary>How many pages the range touches.</summary>
    public ulong PageCount => Last.PageNumber - First.PageNumber + 1;

    /// <summary>The range of a length from an address.</summary>
    /// <param name="first">The first byte.</param>
    /// <param name="length">The length in bytes; at least 1, and not beyond the top of the space.</param>
    /// <returns>The range.</returns>
    public static IovaRange OfLength(Iova first, ulong length)
    {
        Invariant.Hold(length > 0, "a range is not empty");
        return new IovaRange(first, new Iova(unchecked(first.Value + length - 1)));
    }

    /// <summary>The range of some whole pages.</summary>
    /// <param name="firstPage">An address in the first page.</param>
    /// <param name="count">How many pages; at least 1.</param>
    /// <returns>The range.</returns>
    public static IovaRange OfPages(Iova firstPage, ulong count) => OfLength(firstPage.PageStart, count << Page.Shift);

    /// <summary>Whether an address lies in the range.</summary>
    /// <param name="address">The address.</param>
    /// <returns>Whether it is between the bounds.</returns>
    public bool Contains(Iova address) => First <= address && address <= Last;

    /// <summary>Whether another range lies in this one.</summary>
    /// <param name="other">The other range.</param>
    /// <returns>Whether no byte of it is outside.</returns>
    public bool Contains(IovaRange other) => First <= other.First && other.Last <= Last;

    /// <summary>Whether two ranges share a byte.</summary>
    /// <param name="other">The other range.</param>
    /// <returns>Whether they overlap.</returns>
    public bool Overlaps(IovaRange other) => First <= other.Last && other.First <= Last;

    /// <summary>The bytes that two ranges share.</summary>
    /// <param name="other">The other range.</param>
    /// <returns>The common part, or <see langword="null"/>.</returns>
    public IovaRange? Intersect(IovaRange other)
    {
        Iova first = First > other.First ? First : other.First;
        Iova last = Last < other.Last ? Last : other.Last;
        return first <= last ? new IovaRange(first, last) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"[{First}, {Last}]";
}
