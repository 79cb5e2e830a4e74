namespace Iopf.Scenarios;

/// <summary>What one operation of a run answered.</summary>
/// <param name="Index">Its number in the order of the run, from 0.</param>
/// <param name="Op">Its name.</param>
/// <param name="Text">The operation as one would read it.</param>
/// <param name="Result">"0", the name of an errno, or an answer.</param>
/// <param name="Expected">What the scenario expects with all patches; <see langword="null"/> if nothing.</param>
/// <param name="Matched">Whether the expectation is met; true if there is none.</param>
/// <param name="Details">What else it reported, by name.</param>
public sealed record RunOperation(
    int Index,
    string Op,
    string Text,
    string Result,
    string? Expected,
    bool Matched,
    IReadOnlyList<KeyValuePair<string, string>> Details)
{
    /// <summary>The number of its first step in the trace of its host; one after the last step of the operation before.</summary>
    public long FirstStep { get; init; }

    /// <summary>Whether the result is an errno, or a DMA that was aborted.</summary>
    public bool IsError { get; init; }

    /// <summary>Whether a planned failure came during the operation.</summary>
    public bool FailedByPlan { get; init; }
}
