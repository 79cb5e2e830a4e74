namespace Iopf.Iommu.Lpae;

/// <summary>How a table tells the TLB what it dropped.</summary>
/// <remarks>Kernel: <c>struct iommu_flush_ops</c>.</remarks>
public interface ILpaeTlb
{
    /// <summary>Forgets a range at once, walk caches included, because a table page goes away.</summary>
    /// <param name="iova">The first iova.</param>
    /// <param name="size">The length in bytes.</param>
    /// <param name="granule">The page size to invalidate by, in bytes.</param>
    void FlushWalk(ulong iova, ulong size, ulong granule);

    /// <summary>Notes an unmapped page for the next sync.</summary>
    /// <param name="gather">Where it is noted.</param>
    /// <param name="iova">The page's first iova.</param>
    /// <param name="granule">Its size in bytes.</param>
    void AddPage(ref IotlbGather gather, ulong iova, ulong granule);
}
