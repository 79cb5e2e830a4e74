using Iopf.Scenarios;

namespace Iopf.Exploring;

/// <summary>Something that goes wrong under some schedule.</summary>
/// <param name="Kind">How it shows: <c>violation</c>, <c>expectation</c>, <c>deadlock</c>, <c>livelock</c>, <c>lock_misuse</c> or <c>oops</c>.</param>
/// <param name="Invariant">The promise that breaks; <c>oops</c> for a crash, <c>expect</c> for an answer that the scenario does not expect.</param>
/// <param name="Detail">The objects it concerns, as the minimised run shows it.</param>
/// <param name="FoundAt">The number of the schedule that showed it first, from 1.</param>
/// <param name="OriginalSwitches">How often the thread changed in the run that showed it first.</param>
/// <param name="Switches">How often it changes in the minimised run.</param>
/// <param name="Schedule">The shortest schedule found that shows it, as the entries of a scenario's <c>parallel</c>.</param>
/// <param name="Scenario">The scenario without the operations of threads that it does not take.</param>
/// <param name="Story">What the threads do under the schedule, side by side.</param>
/// <param name="Run">The run under the schedule.</param>
public sealed record Finding(
    string Kind,
    string Invariant,
    string Detail,
    long FoundAt,
    int OriginalSwitches,
    int Switches,
    IReadOnlyList<string> Schedule,
    Scenario Scenario,
    Story Story,
    RunResult Run)
{
    /// <summary>What is the same for findings that differ in numbers only.</summary>
    public string Signature => new Trouble(Kind, Invariant, Detail).Signature;

    /// <summary>How many operations the threads do in it.</summary>
    public int Operations => Scenario.Steps.Sum(static step => step.Threads.Sum(static thread => thread.Value.Count));
}
