namespace Iopf.Iommu;

/// <summary>What was unmapped since the IOTLB was last synced.</summary>
/// <remarks>Kernel: <c>struct iommu_iotlb_gather</c>. <c>default</c> is empty; an empty gather has page size 0.</remarks>
public record struct IotlbGather
{
    /// <summary>The first iova.</summary>
    public ulong First { get; set; }

    /// <summary>The last iova (inclusive).</summary>
    public ulong Last { get; set; }

    /// <summary>The size of every page gathered, in bytes; 0 while nothing is.</summary>
    public ulong PageSize { get; set; }

    /// <summary>Whether nothing is gathered.</summary>
    public readonly bool IsEmpty => PageSize == 0;

    /// <summary>Whether a page can join without a sync: same size, and adjacent to or inside what is gathered.</summary>
    /// <param name="iova">The page's first iova.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <returns>Whether it can.</returns>
    public readonly bool CanAdd(ulong iova, ulong size) =>
        IsEmpty || (PageSize == size && iova <= Last + 1 && iova + size >= First);

    /// <summary>Adds a page that can join.</summary>
    /// <param name="iova">The page's first iova.</param>
    /// <param name="size">Its size in bytes.</param>
    public void Add(ulong iova, ulong size)
    {
        First = IsEmpty ? iova : Math.Min(First, iova);
        Last = IsEmpty ? iova + size - 1 : Math.Max(Last, iova + size - 1);
        PageSize = size;
    }
}
