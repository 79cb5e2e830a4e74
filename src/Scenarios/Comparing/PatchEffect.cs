using Iopf.Patches;
using Iopf.Scenarios;

namespace Iopf.Comparing;

/// <summary>What one more patch of the series changes.</summary>
/// <param name="Patch">The patch; <see langword="null"/> for the kernel without any.</param>
/// <param name="Run">The run with this patch and all before it.</param>
/// <param name="Differences">What differs from the run without it.</param>
/// <param name="Divergence">Where the traces part; <see langword="null"/> if they do not.</param>
public sealed record PatchEffect(PatchModule? Patch, ObservedRun Run, IReadOnlyList<OutcomeDifference> Differences, Divergence? Divergence)
{
    /// <summary>Adds the patches one by one, in the order of the series.</summary>
    /// <param name="execute">Runs a scenario.</param>
    /// <param name="request">What to run.</param>
    /// <param name="progress">Told the patches of each run before it starts.</param>
    /// <returns>Nine runs: none, 1, 1-2, and so on to all.</returns>
    public static IReadOnlyList<PatchEffect> OfEach(Func<RunRequest, RunResult> execute, RunRequest request, Action<PatchSet> progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        List<PatchEffect> effects = [];
        PatchSet patches = PatchSet.None;
        for (int number = 0; number <= PatchSet.Count; number++)
        {
            patches = number == 0 ? patches : patches.With(number);
            progress(patches);
            ObservedRun run = ObservedRun.Of(execute, request, new Variant(patches, request.ErrataInForce));
            if (number == 0)
            {
                effects.Add(new PatchEffect(null, run, [], null));
                continue;
            }

            ObservedRun before = effects[^1].Run;
            PatchModule patch = PatchCatalog.Get(number);
            effects.Add(new PatchEffect(patch, run, Outcomes.Differences(before.Result, run.Result), Part(before, run, patch)));
        }

        return effects;
    }

    private static Divergence? Part(ObservedRun before, ObservedRun run, PatchModule patch)
    {
        int step = Divergence.First(before.Events, run.Events);
        return step < 0
            ? null
            : new Divergence(
                step,
                step < before.Events.Count ? before.Events[step] : null,
                step < run.Events.Count ? run.Events[step] : null,
                IsTimeOnly: false,
                [new Variant.Difference(patch, null)]);
    }
}
