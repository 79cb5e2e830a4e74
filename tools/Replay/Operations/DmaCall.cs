namespace Iopf.Replay;

/// <summary>A DMA of the device.</summary>
/// <param name="Line">Its line in the file, from 1.</param>
/// <param name="Op">Its name in the recording.</param>
/// <param name="Iova">The first iova.</param>
/// <param name="Length">How many bytes.</param>
/// <param name="IsWrite">Whether the device writes memory.</param>
/// <param name="Answer">What the kernel answered.</param>
public sealed record DmaCall(int Line, string Op, ulong Iova, int Length, bool IsWrite, RecordedAnswer Answer)
    : RecordedOperation(Line, Op, Answer)
{
    /// <inheritdoc/>
    private protected override string Inputs => $"iova=0x{Iova:x} len={Length} dir={(IsWrite ? "write" : "read")}";
}
