using Iopf.Scenarios;
using Iopf.Workloads;

namespace Iopf.Sweeps;

/// <summary>What one point of a sweep came to.</summary>
/// <param name="Setup">What was run.</param>
/// <param name="Run">The run.</param>
/// <param name="Outcome">In one word: done, aborted (the workload could not go on), or violated (a promise was broken).</param>
/// <param name="Note">What is to be said about it; may be empty.</param>
public sealed record PointResult(PointSetup Setup, RunResult Run, string Outcome, string Note)
{
    /// <summary>Nothing to object.</summary>
    public const string Done = "done";

    /// <summary>The workload's device could not go on.</summary>
    public const string Aborted = "aborted";

    /// <summary>A promise was broken.</summary>
    public const string Violated = "violated";

    /// <summary>Where the workload's time went; <see langword="null"/> of other scenarios, and if it crashed.</summary>
    public SecTiming? Timing { get; init; }

    /// <summary>How long the workload takes without faults, in nanoseconds; <see langword="null"/> if it did not finish.</summary>
    public long? PinnedNanoseconds { get; init; }

    /// <summary>How much slower it is than without faults, in percent of its own time, as the cover letter reckons.</summary>
    public double? Slowdown => PinnedNanoseconds is long pinned && Timing is { ElapsedNanoseconds: > 0 and long elapsed }
        ? Math.Round(100 * (1 - ((double)pinned / elapsed)), 4)
        : null;

    /// <summary>Faults published for the same setting; <see langword="null"/> if none were.</summary>
    public long? PublishedFaults => PublishedPoint.Find(Setup)?.Faults;

    /// <summary>The slowdown published for the same setting, in percent; <see langword="null"/> if none was.</summary>
    public double? PublishedSlowdown => PublishedPoint.Find(Setup)?.Slowdown;
}
