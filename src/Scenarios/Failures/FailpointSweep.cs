using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Scenarios;

namespace Iopf.Failures;

/// <summary>A scenario, run once for each call that may fail.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Counted">How many calls of each kind the undisturbed run makes.</param>
/// <param name="Points">The runs.</param>
public sealed record FailpointSweep(string Scenario, IReadOnlyList<KeyValuePair<FailureKind, long>> Counted, IReadOnlyList<Failpoint> Points)
{
    /// <summary>Runs a scenario undisturbed, then once for each call with that call failing.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="kinds">Which kinds of calls.</param>
    /// <param name="most">At most so many calls of each kind, spread evenly.</param>
    /// <param name="progress">Told how many of how many runs are done; from several threads.</param>
    /// <returns>The sweep.</returns>
    public static FailpointSweep Of(RunRequest request, IReadOnlyList<FailureKind> kinds, long most, Action<int, int> progress)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(kinds);
        ArgumentNullException.ThrowIfNull(progress);
        FailurePlan counting = new();
        RunResult clean = ScenarioRun.Execute(request with { Failures = counting });
        List<(FailureKind Kind, long Number)> points = [.. kinds.SelectMany(kind => Numbers(counting.CallsOf(kind), most).Select(number => (kind, number)))];
        Failpoint[] swept = new Failpoint[points.Count];
        int done = 0;

        // Each run has a host of its own; what comes out does not depend on who runs it.
        Parallel.For(0, points.Count, at =>
        {
            swept[at] = Run(request, clean, points[at].Kind, points[at].Number);
            progress(Interlocked.Increment(ref done), points.Count);
        });
        return new FailpointSweep(clean.Scenario, [.. kinds.Select(kind => KeyValuePair.Create(kind, counting.CallsOf(kind)))], swept);
    }

    private static IEnumerable<long> Numbers(long calls, long most)
    {
        long count = Math.Min(calls, most);
        for (long i = 0; i < count; i++)
        {
            yield return 1 + (i * calls / count);
        }
    }

    private static Failpoint Run(RunRequest request, RunResult clean, FailureKind kind, long number)
    {
        RunResult result;
        try
        {
            result = ScenarioRun.Execute(request with { Failures = new FailurePlan().With(kind, number), RetriesFailed = true });
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return new Failpoint(kind, number, "", "", $"the model fails: {failure.GetType().Name}: {failure.Message}");
        }

        RunOperation? hit = result.Operations.FirstOrDefault(operation => operation.FailedByPlan);
        return new Failpoint(kind, number, hit?.Text ?? "", hit?.Result ?? "", ObjectionTo(result, clean));
    }

    /// <summary>An error where the failure came, success when it is done once more, and then everything as in the undisturbed run.</summary>
    private static string ObjectionTo(RunResult result, RunResult clean)
    {
        Violation? broken = result.Violations.FirstOrDefault(violation => !clean.Violations.Any(other => other.Invariant == violation.Invariant));
        if (broken is not null)
        {
            return $"{broken.Invariant} at {broken.Operation}: {broken.Detail}";
        }

        // Nobody does the operations of threads once more: what follows them may come out otherwise.
        if (!result.Operations.Any(operation => operation.FailedByPlan))
        {
            return "";
        }

        int at = 0;
        for (int i = 0; i < result.Operations.Count; i++)
        {
            RunOperation operation = result.Operations[i];
            bool isRetried = operation is { FailedByPlan: true, IsError: true } && i + 1 < result.Operations.Count && result.Operations[i + 1].Text == operation.Text;
            if (isRetried)
            {
                continue;
            }

            if (at >= clean.Operations.Count || clean.Operations[at].Result != operation.Result)
            {
                string expected = at < clean.Operations.Count ? clean.Operations[at].Result : "nothing";
                string when = operation.FailedByPlan ? "with the failure" : i > 0 && result.Operations[i - 1].FailedByPlan ? "done once more" : "later";
                return $"{operation.Text}: {operation.Result} {when}, {expected} without";
            }

            at++;
        }

        return at == clean.Operations.Count ? "" : $"the run ends after {at} of {clean.Operations.Count} operations";
    }
}
