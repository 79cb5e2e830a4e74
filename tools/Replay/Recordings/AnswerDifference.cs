namespace Iopf.Replay;

/// <summary>Where two answers part.</summary>
/// <param name="Expected">The recorded field, as <c>name=value</c>.</param>
/// <param name="Actual">The field as it was answered, as <c>name=value</c>.</param>
public sealed record AnswerDifference(string Expected, string Actual);
