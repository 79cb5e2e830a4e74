namespace Iopf.Vfio;

/// <summary>How mappings are removed.</summary>
/// <remarks>Kernel: <c>VFIO_DMA_UNMAP_FLAG_*</c>.</remarks>
[Flags]
public enum VfioUnmapDmaBits : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Hands out the dirty pages of what is removed.</summary>
    GetDirtyBitmap = 1,

    /// <summary>Removes every mapping; iova and size must be 0.</summary>
    All = 2,

    /// <summary>Removes nothing, but makes the vaddr of the mappings invalid.</summary>
    Vaddr = 4,
}
