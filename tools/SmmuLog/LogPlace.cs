namespace Iopf.SmmuLog;

/// <summary>Where something stood in the log.</summary>
/// <param name="Line">The number of its first line, from 1.</param>
/// <param name="Time">The log's own timestamp, as it stands there; null if the line has none.</param>
public readonly record struct LogPlace(long Line, string? Time)
{
    /// <summary>How many further lines were joined to it because the message was wrapped.</summary>
    public int Joined { get; init; }
}
