namespace Iopf.Vfio;

/// <summary>What to do with dirty page tracking; exactly one of them.</summary>
/// <remarks>Kernel: <c>VFIO_IOMMU_DIRTY_PAGES_FLAG_*</c>.</remarks>
[Flags]
public enum VfioDirtyPagesBits : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Starts tracking.</summary>
    Start = 1,

    /// <summary>Stops tracking.</summary>
    Stop = 2,

    /// <summary>Reads and clears the dirty pages of a range.</summary>
    GetBitmap = 4,
}
