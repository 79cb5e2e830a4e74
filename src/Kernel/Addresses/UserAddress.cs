namespace Iopf.Kernel;

/// <summary>A virtual address of a process.</summary>
/// <remarks>Kernel: <c>unsigned long vaddr</c>. <c>default</c> is address 0.</remarks>
/// <param name="Value">The address in bytes.</param>
public readonly record struct UserAddress(ulong Value) : IComparable<UserAddress>
{
    /// <summary>The address of the page that holds this address.</summary>
    public UserAddress PageStart => new(Page.StartOf(Value));

    /// <summary>Where this address lies in its page, in bytes (0 to 4095).</summary>
    public int PageOffset => (int)(Value & Page.OffsetMask);

    /// <summary>The number of the page that holds this address.</summary>
    public ulong PageNumber => Value >> Page.Shift;

    /// <summary>Whether the address starts a page.</summary>
    public bool IsPageAligned => Page.IsAligned(Value);

    /// <summary>Whether <paramref name="left"/> lies below <paramref name="right"/>.</summary>
    /// <param name="left">One address.</param>
    /// <param name="right">Another address.</param>
    public static bool operator <(UserAddress left, UserAddress right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> lies above <paramref name="right"/>.</summary>
    /// <param name="left">One address.</param>
    /// <param name="right">Another address.</param>
    public static bool operator >(UserAddress left, UserAddress right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> does not lie above <paramref name="right"/>.</summary>
    /// <param name="left">One address.</param>
    /// <param name="right">Another address.</param>
    public static bool operator <=(UserAddress left, UserAddress right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> does not lie below <paramref name="right"/>.</summary>
    /// <param name="left">One address.</param>
    /// <param name="right">Another address.</param>
    public static bool operator >=(UserAddress left, UserAddress right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(UserAddress other) => Value.CompareTo(other.Value);

    /// <summary>The address some bytes further on (wraps at 2^64, as in C).</summary>
    /// <param name="bytes">The distance in bytes.</param>
    /// <returns>The address.</returns>
    public UserAddress Plus(ulong bytes) => new(unchecked(Value + bytes));

    /// <summary>The address some pages further on (wraps at 2^64, as in C).</summary>
    /// <param name="count">The distance in pages.</param>
    /// <returns>The address.</returns>
    public UserAddress PlusPages(ulong count) => new(unchecked(Value + (count << Page.Shift)));

    /// <inheritdoc/>
    public override string ToString() => $"0x{Value:x}";
}
