using Iopf.Scenarios;
using Iopf.Schedulers;

namespace Iopf.Exploring;

/// <summary>Makes the story of a finding shorter for as long as it shows the same.</summary>
/// <param name="request">What to run.</param>
/// <param name="trouble">What has to be seen.</param>
internal sealed class Minimizer(RunRequest request, Trouble trouble)
{
    private RunRequest _request = request;
    private int _switches = int.MaxValue;

    /// <summary>Leaves out operation after operation of the threads, and entry after entry of the schedule, until none can be spared.</summary>
    /// <remarks>An entry stays if the threads would change more often without it.</remarks>
    /// <param name="entries">A schedule that shows the trouble.</param>
    /// <param name="foundAt">The number of the schedule, for the report.</param>
    /// <param name="switches">How often the thread changed under it.</param>
    /// <returns>The finding.</returns>
    public Finding Shorten(IReadOnlyList<string> entries, long foundAt, int switches)
    {
        List<string> left = [.. entries];
        if (Shows(_request, left, out RecordedSchedule recorded, out RunResult run, out Trouble seen))
        {
            DropOperations(left);
            Shows(_request, left, out recorded, out _, out _);
            _switches = recorded.Switches;
            left = DropEntries(left);
            DropOperations(left);
            Shows(_request, left, out recorded, out run, out seen);
        }
        else
        {
            seen = trouble;
        }

        return new Finding(seen.Kind, seen.Invariant, seen.Detail, foundAt, switches, recorded.Switches, left, _request.Scenario, recorded.Story, run);
    }

    private List<string> DropEntries(List<string> left)
    {
        bool isShorter = true;
        while (isShorter)
        {
            isShorter = false;

            // Halves first, then quarters, down to single entries.
            for (int size = Math.Max(1, left.Count / 2); size > 0; size /= 2)
            {
                for (int at = left.Count - size; at >= 0; at -= size)
                {
                    List<string> fewer = [.. left[..at], .. left[(at + size)..]];
                    if (Shows(_request, fewer, out RecordedSchedule recorded, out _, out _) && recorded.Switches <= _switches)
                    {
                        _switches = recorded.Switches;
                        left = fewer;
                        isShorter = true;
                        at = Math.Min(at, left.Count);
                    }
                }
            }
        }

        return left;
    }

    private void DropOperations(List<string> entries)
    {
        int at = _request.Scenario.Steps.ToList().FindIndex(static step => step.Threads.Count > 0);
        ScenarioStep step = _request.Scenario.Steps[at];
        for (int thread = step.Threads.Count - 1; thread >= 0; thread--)
        {
            for (int operation = step.Threads[thread].Value.Count - 1; operation >= 0; operation--)
            {
                ScenarioStep fewer = Without(step, thread, operation);
                List<ScenarioStep> steps = [.. _request.Scenario.Steps];
                steps[at] = fewer;
                RunRequest shorter = _request with { Scenario = _request.Scenario with { Steps = steps } };
                if (Shows(shorter, entries, out _, out _, out _))
                {
                    (_request, step) = (shorter, fewer);
                }
            }
        }
    }

    private static ScenarioStep Without(ScenarioStep step, int thread, int operation)
    {
        List<KeyValuePair<string, IReadOnlyList<ScenarioStep>>> threads = [.. step.Threads];
        List<ScenarioStep> left = [.. threads[thread].Value];
        left.RemoveAt(operation);
        threads[thread] = new(threads[thread].Key, left);
        return step with { Threads = threads };
    }

    private bool Shows(RunRequest what, List<string> entries, out RecordedSchedule recorded, out RunResult run, out Trouble seen)
    {
        recorded = new RecordedSchedule(new WrittenSchedule(entries), what.Scenario.OperationsOfThreads);
        run = ScenarioRun.Execute(what with { Schedule = recorded });
        foreach (Trouble other in Trouble.In(run))
        {
            if (other.Signature == trouble.Signature)
            {
                seen = other;
                return true;
            }
        }

        seen = trouble;
        return false;
    }
}
