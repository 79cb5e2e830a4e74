namespace Iopf.Kernel;

/// <summary>The size of a CPU page, and arithmetic on bare addresses with it.</summary>
/// <remarks>Kernel: <c>PAGE_SIZE</c>, <c>PAGE_SHIFT</c>. The model has 4 KiB pages throughout.</remarks>
public static class Page
{
    /// <summary>log2 of the page size.</summary>
    public const int Shift = 12;

    /// <summary>The page size in bytes.</summary>
    public const ulong Size = 1UL << Shift;

    /// <summary>Selects the offset inside a page.</summary>
    public const ulong OffsetMask = Size - 1;

    /// <summary>The address of the page that holds an address.</summary>
    /// <param name="address">Any address.</param>
    /// <returns>The address rounded down to a page.</returns>
    public static ulong StartOf(ulong address) => address & ~OffsetMask;

    /// <summary>Whether an address or size is a multiple of the page size.</summary>
    /// <param name="value">An address or a size in bytes.</param>
    /// <returns>Whether its page offset is zero.</returns>
    public static bool IsAligned(ulong value) => (value & OffsetMask) == 0;
}
