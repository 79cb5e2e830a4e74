namespace Iopf.Replay;

/// <summary>One operation that was answered differently.</summary>
/// <param name="Line">Its line in the recording.</param>
/// <param name="Operation">The operation with its inputs.</param>
/// <param name="Expected">The first field that differs, as recorded.</param>
/// <param name="Actual">The same field, as answered.</param>
public sealed record ReplayMismatch(int Line, string Operation, string Expected, string Actual);
