namespace Iopf.Replay;

/// <summary>VFIO_CHECK_EXTENSION.</summary>
/// <param name="Line">Its line in the file, from 1.</param>
/// <param name="Op">Its name in the recording.</param>
/// <param name="Extension">The extension asked for.</param>
/// <param name="Answer">What the kernel answered.</param>
public sealed record CheckExtensionCall(int Line, string Op, int Extension, RecordedAnswer Answer)
    : RecordedOperation(Line, Op, Answer)
{
    /// <inheritdoc/>
    private protected override string Inputs => $"ext={Extension}";
}
