using Iopf.Kernel;
using Iopf.Scenarios;
using Iopf.Schedulers;

namespace Iopf.Exploring;

/// <summary>A scenario with threads under the schedule that is written in it.</summary>
/// <param name="Result">What it came to.</param>
/// <param name="Story">What the threads did, side by side.</param>
/// <param name="Unseen">Names in the schedule that no thread of the run had; their entries were passed over.</param>
public sealed record ScheduledRun(RunResult Result, Story Story, IReadOnlyList<string> Unseen)
{
    /// <summary>Runs it.</summary>
    /// <param name="request">What to run.</param>
    /// <returns>The run.</returns>
    /// <exception cref="InputException">The scenario has not exactly one step with threads.</exception>
    public static ScheduledRun Of(RunRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ScenarioStep[] parallel = [.. request.Scenario.Steps.Where(static step => step.Threads.Count > 0)];
        if (parallel.Length != 1)
        {
            throw new InputException($"{request.Scenario.Name}: a schedule is of a scenario with exactly one step \"parallel\" outside repeats");
        }

        IReadOnlyList<string> entries = [.. parallel[0].Words("schedule")];
        RecordedSchedule recorded = new(new WrittenSchedule(entries), request.Scenario.OperationsOfThreads);
        RunResult result = ScenarioRun.Execute(request with { Schedule = recorded });
        Story story = recorded.Story;
        return new ScheduledRun(result, story, [.. entries.Select(static entry => entry.Split('@')[0]).Distinct().Except(story.Threads)]);
    }
}
