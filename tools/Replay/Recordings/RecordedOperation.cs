namespace Iopf.Replay;

/// <summary>One line of a recording: an operation with its inputs, and what the kernel answered.</summary>
/// <param name="Line">Its line in the file, from 1.</param>
/// <param name="Op">Its name in the recording.</param>
/// <param name="Answer">What the kernel answered.</param>
public abstract record RecordedOperation(int Line, string Op, RecordedAnswer Answer)
{
    /// <summary>The operation with its inputs, as one reads it.</summary>
    /// <returns>The text, without the answer.</returns>
    public sealed override string ToString() => Inputs is "" ? Op : $"{Op} {Inputs}";

    /// <summary>The inputs as <c>name=value</c>; empty if it has none.</summary>
    private protected virtual string Inputs => "";
}
