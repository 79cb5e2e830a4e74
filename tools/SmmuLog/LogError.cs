namespace Iopf.SmmuLog;

/// <summary>A line that is no event record but tells of trouble, or of how the SMMU was set up.</summary>
/// <param name="Place">Where it stood.</param>
/// <param name="Device">The SMMU's name; null if the line has none.</param>
/// <param name="Kind">What kind of line it is, in snake_case.</param>
/// <param name="Text">The line without its prefixes.</param>
/// <param name="Explanation">One sentence: what it means.</param>
/// <param name="Details">Its values by name: text, a number (long), a truth value, null, or a list of texts.</param>
public sealed record LogError(
    LogPlace Place,
    string? Device,
    string Kind,
    string Text,
    string Explanation,
    IReadOnlyList<KeyValuePair<string, object?>> Details)
{
    /// <summary>What no longer works; empty if nothing stops.</summary>
    public string Stops { get; init; } = "";

    /// <summary>What to look at next; empty if there is nothing.</summary>
    public string LookAt { get; init; } = "";
}
