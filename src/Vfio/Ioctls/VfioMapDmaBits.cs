namespace Iopf.Vfio;

/// <summary>What a mapping allows, or that only its vaddr is replaced.</summary>
/// <remarks>Kernel: <c>VFIO_DMA_MAP_FLAG_*</c>.</remarks>
[Flags]
public enum VfioMapDmaBits : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The device may read.</summary>
    Read = 1,

    /// <summary>The device may write.</summary>
    Write = 2,

    /// <summary>Gives an existing mapping, whose vaddr is invalid, a new one.</summary>
    Vaddr = 4,
}
