namespace Iopf.Replay;

/// <summary>VFIO_IOMMU_MAP_DMA.</summary>
/// <param name="Line">Its line in the file, from 1.</param>
/// <param name="Op">Its name in the recording.</param>
/// <param name="Iova">The first iova.</param>
/// <param name="Size">The size in bytes.</param>
/// <param name="ArenaOffset">The field vaddr: an offset into the arena.</param>
/// <param name="Flags">1 read, 2 write, 4 vaddr.</param>
/// <param name="Answer">What the kernel answered.</param>
public sealed record MapCall(int Line, string Op, ulong Iova, ulong Size, ulong ArenaOffset, uint Flags, RecordedAnswer Answer)
    : RecordedOperation(Line, Op, Answer)
{
    /// <inheritdoc/>
    private protected override string Inputs => $"iova=0x{Iova:x} size=0x{Size:x} vaddr=0x{ArenaOffset:x} flags={Flags}";
}
