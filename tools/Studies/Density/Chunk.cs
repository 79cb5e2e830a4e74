namespace Iopf.Density;

/// <summary>Sixteen adjacent pages of a guest's memory: one bit per page for what it is, one place in the order of reclaim for all.</summary>
internal struct Chunk
{
    /// <summary>Pages in a chunk.</summary>
    public const int Pages = 16;

    /// <summary>Pages that have a frame of the host.</summary>
    public ushort Resident;

    /// <summary>Pages that were written to the swap device.</summary>
    public ushort Swapped;

    /// <summary>Pages that the device's IOMMU translates.</summary>
    public ushort Mapped;

    /// <summary>Pages that reclaim took away from the device at some time.</summary>
    public ushort Lost;

    /// <summary>Pages that may not be reclaimed.</summary>
    public ushort Pinned;

    /// <summary>Pages that reclaim can take.</summary>
    public readonly ushort Reclaimable => (ushort)(Resident & ~Pinned);

    /// <summary>Whether the chunk stands in the order of reclaim: as long as it has pages to take.</summary>
    public bool IsListed;

    /// <summary>The neighbour that was used before; -1 if there is none.</summary>
    public int Older;

    /// <summary>The neighbour that was used after; -1 if there is none.</summary>
    public int Newer;

    /// <summary>The bits of some of a chunk's pages.</summary>
    /// <param name="first">The first of them, 0 to 15.</param>
    /// <param name="count">How many, 1 to 16 less <paramref name="first"/>.</param>
    /// <returns>The bits.</returns>
    public static ushort Bits(int first, int count) => (ushort)(((1 << count) - 1) << first);
}
