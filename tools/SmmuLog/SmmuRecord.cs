using Iopf.ArmSmmuV3.Hardware;

namespace Iopf.SmmuLog;

/// <summary>One event record of which everything is known that its type carries.</summary>
/// <param name="Place">Where it began.</param>
/// <param name="Device">The SMMU's name; null if the line has none.</param>
/// <param name="Facts">What it says.</param>
/// <param name="Words">Its four words; null if the log holds only the decoded lines.</param>
/// <param name="Printed">The driver's own decoded lines; null if the log holds only the words.</param>
/// <param name="Disagreements">Where words, header and decoded lines contradict each other; one sentence each.</param>
/// <param name="Notes">What a reader should know about this record; one sentence each.</param>
/// <param name="IsComplete">Whether everything that the type carries is known.</param>
/// <param name="LazyView">What Linux with the chosen patches does with it, asked when somebody wants to know.</param>
public sealed record SmmuRecord(
    LogPlace Place,
    string? Device,
    EventFacts Facts,
    EventRecord? Words,
    PrintedEvent? Printed,
    IReadOnlyList<string> Disagreements,
    IReadOnlyList<string> Notes,
    bool IsComplete,
    Lazy<KernelView> LazyView)
{
    /// <summary>What Linux with the chosen patches does with it.</summary>
    public KernelView View => LazyView.Value;

    /// <summary>One sentence: what causes it, with class and stage taken into account.</summary>
    public string Cause => FaultCause.Of(Facts, Description);

    /// <summary>What is known of the device behind the stream ID; null if nothing is.</summary>
    public StreamOwner? Owner { get; init; }

    /// <summary>What the specification says of the type.</summary>
    public EventDescription Description => EventDescription.Of(Facts.Type ?? default);
}
