namespace Iopf.Replay;

/// <summary>A label; it ends the section before it.</summary>
/// <param name="Line">Its line in the file, from 1.</param>
/// <param name="Op">Its name in the recording.</param>
/// <param name="Name">The name of the section.</param>
/// <param name="Answer">What the kernel answered.</param>
public sealed record SectionMark(int Line, string Op, string Name, RecordedAnswer Answer)
    : RecordedOperation(Line, Op, Answer)
{
    /// <inheritdoc/>
    private protected override string Inputs => $"name={Name}";
}
