using Iopf.Scenarios;

namespace Iopf.Exploring;

/// <summary>Something that goes wrong under some schedule.</summary>
/// <param name="Invariant">The promise that breaks; <c>oops</c> for a crash.</param>
/// <param name="Detail">The objects it concerns, as the minimised run shows it.</param>
/// <param name="FoundAt">The number of the schedule that showed it first, from 1.</param>
/// <param name="OriginalEntries">How many entries that schedule had.</param>
/// <param name="Schedule">The shortest schedule found that shows it, as the entries of a scenario's <c>parallel</c>.</param>
/// <param name="Run">The run under it.</param>
public sealed record Finding(
    string Invariant, string Detail, long FoundAt, int OriginalEntries, IReadOnlyList<string> Schedule, RunResult Run);
