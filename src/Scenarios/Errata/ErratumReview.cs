using Iopf.Comparing;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Patches;
using Iopf.Scenarios;

namespace Iopf.Errata;

/// <summary>One defect, run as posted and as corrected.</summary>
/// <param name="Entry">The defect.</param>
/// <param name="Reproducer">What was run; <see langword="null"/> if there is none.</param>
/// <param name="Posted">The posted run.</param>
/// <param name="Corrected">The run with only this defect corrected.</param>
/// <param name="Observed">What the posted run shows; empty if it does not show all of it.</param>
/// <param name="Objection">Why the corrected run is not clean; empty if it is.</param>
public sealed record ErratumReview(
    ErrataEntry Entry, Reproducer? Reproducer, ObservedRun? Posted, ObservedRun? Corrected, string Observed, string Objection)
{
    /// <summary>Whether the posted run shows the defect.</summary>
    public bool IsReproduced => Observed.Length > 0;

    /// <summary>Whether the corrected run shows nothing of it and keeps every promise.</summary>
    public bool IsGone => Corrected is not null && Objection.Length == 0;

    /// <summary>Reviews one defect.</summary>
    /// <param name="entry">The defect.</param>
    /// <param name="withSteps">Whether the steps of both runs are kept, to be shown.</param>
    /// <returns>The review.</returns>
    public static ErratumReview Of(ErrataEntry entry, bool withSteps = true)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return Reproducers.All.TryGetValue(entry.Id, out Reproducer? reproducer)
            ? Of(entry, reproducer, withSteps)
            : new ErratumReview(entry, null, null, null, "", "no reproducer");
    }

    /// <summary>Reviews one defect with a reproducer.</summary>
    /// <param name="entry">The defect.</param>
    /// <param name="reproducer">The reproducer.</param>
    /// <param name="withSteps">Whether the steps of both runs are kept, to be shown.</param>
    /// <returns>The review.</returns>
    public static ErratumReview Of(ErrataEntry entry, Reproducer reproducer, bool withSteps = true)
    {
        ArgumentNullException.ThrowIfNull(reproducer);
        ObservedRun posted = Run(reproducer, reproducer.Needs.With(reproducer.Id), new Dictionary<string, string>(), withSteps);
        ObservedRun corrected = Run(reproducer, reproducer.Needs, reproducer.CorrectedSettings, withSteps);
        string?[] seen = [.. reproducer.Observations.Select(observation => observation.SeenIn(posted.Result, corrected.Result))];
        return new ErratumReview(
            entry, reproducer, posted, corrected, seen.Contains(null) ? "" : string.Join("; ", seen), ObjectionTo(corrected.Result, reproducer));
    }

    private static string ObjectionTo(RunResult corrected, Reproducer reproducer)
    {
        // What a needed defect breaks by itself is not this one's.
        Violation? broken = corrected.Violations.FirstOrDefault(
            violation => !reproducer.Remains.Any(part => violation.Detail.Contains(part, StringComparison.Ordinal)));
        if (broken is not null)
        {
            return $"{broken.Invariant} is broken: {broken.Detail}";
        }

        if (corrected.Operations.FirstOrDefault(operation => !operation.Matched) is { } unexpected)
        {
            return $"operation {unexpected.Index}, {unexpected.Op}: {unexpected.Result} instead of {unexpected.Expected}";
        }

        string? seen = reproducer.Observations.Select(observation => observation.SeenIn(corrected)).FirstOrDefault(words => words is not null);
        return seen is null ? "" : $"still seen: {seen}";
    }

    private static ObservedRun Run(Reproducer reproducer, ErrataSet errata, IReadOnlyDictionary<string, string> settings, bool withSteps)
    {
        PatchSet patches = reproducer.Scenario.Patches is string spec ? PatchSpec.Parse(spec) : PatchSet.All;
        RunRequest request = new(reproducer.Scenario, patches, settings, 0, null);
        return ObservedRun.Of(ScenarioRun.Execute, request, new Variant(patches, errata), withSteps: withSteps);
    }
}
