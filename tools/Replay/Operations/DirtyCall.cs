namespace Iopf.Replay;

/// <summary>VFIO_IOMMU_DIRTY_PAGES.</summary>
/// <param name="Line">Its line in the file, from 1.</param>
/// <param name="Op">Its name in the recording.</param>
/// <param name="Flags">1 start, 2 stop, 4 get bitmap.</param>
/// <param name="Iova">The first iova.</param>
/// <param name="Size">The size in bytes.</param>
/// <param name="PageSize">What one bit stands for, in bytes.</param>
/// <param name="Answer">What the kernel answered.</param>
public sealed record DirtyCall(int Line, string Op, uint Flags, ulong Iova, ulong Size, ulong PageSize, RecordedAnswer Answer)
    : RecordedOperation(Line, Op, Answer)
{
    /// <inheritdoc/>
    private protected override string Inputs => $"flags={Flags} iova=0x{Iova:x} size=0x{Size:x} pgsize=0x{PageSize:x}";
}
