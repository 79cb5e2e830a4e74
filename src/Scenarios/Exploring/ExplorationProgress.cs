namespace Iopf.Exploring;

/// <summary>How far an exploration is.</summary>
/// <param name="Schedules">How many schedules were tried.</param>
/// <param name="States">How many different states they came through.</param>
/// <param name="Findings">What was found.</param>
/// <param name="Share">The share of all schedules that is done, as well as it can be told; <see langword="null"/> if they have no end.</param>
public readonly record struct ExplorationProgress(long Schedules, long States, IReadOnlyList<Finding> Findings, double? Share);
