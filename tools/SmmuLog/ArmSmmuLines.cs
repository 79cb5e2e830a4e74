namespace Iopf.SmmuLog;

/// <summary>Tells event lines that have lost their prefix.</summary>
internal static class ArmSmmuLines
{
    public static bool IsHeaderOrDecoded(string text) =>
        (PrintedLines.TryHeader(text, out _) && text.Contains("received", StringComparison.Ordinal))
        || PrintedLines.Event(text) is { Client: not null }
        || PrintedLines.Access(text) is { IsStage2: not null };
}
