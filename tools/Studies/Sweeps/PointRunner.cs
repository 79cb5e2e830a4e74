using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Scenarios;
using Iopf.Scenarios.Running;
using Iopf.Workloads;

namespace Iopf.Sweeps;

/// <summary>Runs the points of a sweep, each on hosts of its own; several may be run side by side.</summary>
/// <param name="execute">Runs a scenario.</param>
public sealed class PointRunner(Func<RunRequest, RunResult> execute)
{
    private readonly PinnedTimes _pinned = new();

    /// <summary>Runs a point.</summary>
    /// <param name="setup">What is run.</param>
    /// <returns>What it came to.</returns>
    /// <exception cref="InputException">The scenario's machine cannot be built.</exception>
    public PointResult Execute(PointSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        if (setup.Workload is SecTestSetting test)
        {
            return RunTest(setup, test);
        }

        RunResult result = execute(setup.Request);
        return new PointResult(setup, result, OutcomeOf(result.Violations, isFinished: true), NoteOn(result.Violations));
    }

    private PointResult RunTest(PointSetup setup, SecTestSetting test)
    {
        RunRequest request = setup.Request;
        RunResult empty = new() { Scenario = request.Scenario.Name, Patches = request.PatchesInForce, Errata = request.ErrataInForce };
        SecTiming timing;
        try
        {
            TimedSecRun run = new(empty.Patches, empty.Errata, request.SettingsInForce, test, setup.Topology, isStatic: false);
            timing = run.Execute(test.Messages, request.Seed);
        }
        catch (Exception end) when (ScenarioRunner.KindOf(end) is string kind)
        {
            return new PointResult(setup, empty, PointResult.Violated, $"{kind}: {end.Message}");
        }

        string note = timing.IsFinished || timing.Violations.Count > 0 ? NoteOn(timing.Violations) : "the device's DMA was aborted";
        return new PointResult(setup, ResultOf(empty, timing), OutcomeOf(timing.Violations, timing.IsFinished), note)
        {
            Timing = timing,
            PinnedNanoseconds = timing.IsFinished ? _pinned.Of(setup, test) : null,
        };
    }

    private static RunResult ResultOf(RunResult empty, SecTiming timing)
    {
        Tally counts = timing.Counts;
        return empty with
        {
            Faults = timing.Faults,
            Responses = new ResponseCounts(counts.ResponsesSuccess, counts.ResponsesInvalid, counts.ResponsesFailure),
            MappedPages = counts.PagesMapped,
            PinnedPages = timing.PinnedPages,
            LockedVm = counts.LockedPages,
            LockedVmPeak = counts.LockedPagesPeak,
            IotlbInvalidations = counts.IotlbInvalidations,
            VirtualNanoseconds = timing.ElapsedNanoseconds,
            Violations = timing.Violations,
        };
    }

    private static string OutcomeOf(IReadOnlyList<Violation> violations, bool isFinished) =>
        violations.Count > 0 ? PointResult.Violated : isFinished ? PointResult.Done : PointResult.Aborted;

    private static string NoteOn(IReadOnlyList<Violation> violations) =>
        violations.Count == 0 ? "" : $"{violations[0].Invariant} at {violations[0].Operation}: {violations[0].Detail}";
}
