namespace Iopf.Replay;

/// <summary>One entry of the container's list of usable IOVA ranges.</summary>
/// <param name="Line">Its line in the file, from 1.</param>
/// <param name="Op">Its name in the recording.</param>
/// <param name="Index">Which entry, from 0; the recording lists them in order.</param>
/// <param name="Answer">What the kernel answered.</param>
public sealed record IovaRangeQuery(int Line, string Op, int Index, RecordedAnswer Answer)
    : RecordedOperation(Line, Op, Answer)
{
    /// <inheritdoc/>
    private protected override string Inputs => $"index={Index}";
}
