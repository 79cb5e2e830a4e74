using Iopf.Kernel;
using Iopf.Scenarios;

namespace Iopf.Exploring;

/// <summary>A scenario with threads under the schedule that is written in it.</summary>
/// <param name="Result">What it came to.</param>
/// <param name="Story">What the threads did, side by side.</param>
public sealed record ScheduledRun(RunResult Result, Story Story)
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

        RecordedSchedule recorded = new(new WrittenSchedule(parallel[0].Words("schedule")));
        return new ScheduledRun(ScenarioRun.Execute(request with { Schedule = recorded }), recorded.Story);
    }
}
