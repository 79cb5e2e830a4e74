namespace Iopf.Workloads;

/// <summary>What a run of the test came to.</summary>
/// <param name="Faults">The faults taken from the first message on.</param>
/// <param name="IsFinished">Whether every message was sent; false if the device's DMA was aborted.</param>
internal readonly record struct SecTestOutcome(long Faults, bool IsFinished);
