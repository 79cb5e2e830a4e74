namespace Iopf.Density;

/// <summary>What happened to pages since the beginning of a run.</summary>
public sealed record PageCounts
{
    /// <summary>Pages that got a frame: new ones, swapped ones and pinned ones.</summary>
    public long Obtained { get; internal set; }

    /// <summary>Pages that lost their frame to reclaim.</summary>
    public long Reclaimed { get; internal set; }

    /// <summary>Pages read back from the swap device.</summary>
    public long SwappedIn { get; internal set; }

    /// <summary>Pages entered in an IOMMU.</summary>
    public long Mapped { get; internal set; }

    /// <summary>Pages taken out of an IOMMU, by reclaim or because a buffer was done with.</summary>
    public long Unmapped { get; internal set; }

    /// <summary>Faults of devices.</summary>
    public long Faults { get; internal set; }

    /// <summary>Those of them on a page that the device had and reclaim took away.</summary>
    public long Refaults { get; internal set; }

    /// <summary>Faults of guests' CPUs on memory that had been swapped out.</summary>
    public long CpuRefaults { get; internal set; }

    /// <summary>What happened since an earlier moment.</summary>
    /// <param name="earlier">The counts of that moment.</param>
    /// <returns>The differences.</returns>
    public PageCounts Since(PageCounts earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        return new PageCounts
        {
            Obtained = Obtained - earlier.Obtained,
            Reclaimed = Reclaimed - earlier.Reclaimed,
            SwappedIn = SwappedIn - earlier.SwappedIn,
            Mapped = Mapped - earlier.Mapped,
            Unmapped = Unmapped - earlier.Unmapped,
            Faults = Faults - earlier.Faults,
            Refaults = Refaults - earlier.Refaults,
            CpuRefaults = CpuRefaults - earlier.CpuRefaults,
        };
    }
}
