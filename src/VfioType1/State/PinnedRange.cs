namespace Iopf.VfioType1;

/// <summary>Neighbouring pages that a group pinned equally often.</summary>
/// <remarks>Kernel: <c>struct vfio_range</c> of the posting.</remarks>
/// <param name="First">The number of the first page (iova divided by 4096).</param>
/// <param name="Count">How many pages; at least 1.</param>
/// <param name="References">How often each of them is pinned; at least 1.</param>
public readonly record struct PinnedRange(ulong First, ulong Count, int References)
{
    /// <summary>The number of the last page.</summary>
    public ulong Last => First + Count - 1;
}
