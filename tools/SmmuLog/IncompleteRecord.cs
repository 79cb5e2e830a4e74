namespace Iopf.SmmuLog;

/// <summary>An event record of which something is missing or damaged.</summary>
/// <param name="Place">Where it began.</param>
/// <param name="Device">The SMMU's name; null if the line has none.</param>
/// <param name="Reason">Why it is not a record; one sentence.</param>
/// <param name="Facts">What is known nevertheless.</param>
/// <param name="Words">The words in the order of the log; null for a damaged one.</param>
/// <param name="Damaged">The damaged words as they stand in the log.</param>
/// <param name="Printed">The driver's own decoded lines, as far as they are there.</param>
/// <param name="Repair">How a damaged word would read if it were repaired in the obvious way; null if there is no obvious way.</param>
public sealed record IncompleteRecord(
    LogPlace Place,
    string? Device,
    string Reason,
    EventFacts Facts,
    IReadOnlyList<ulong?> Words,
    IReadOnlyList<string> Damaged,
    PrintedEvent? Printed,
    string? Repair);
