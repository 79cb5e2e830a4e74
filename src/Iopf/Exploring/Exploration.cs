using Iopf.Kernel;
using Iopf.Promises;
using Iopf.Scenarios;

namespace Iopf.Exploring;

/// <summary>A scenario with threads, run under schedule after schedule.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Options">Which schedules were tried.</param>
/// <param name="Schedules">How many.</param>
/// <param name="GivenUp">How many of them were left half-way, because others show the same.</param>
/// <param name="TooLong">How many of them did not end in 20,000 choices: the schedule was unfair, or the threads wait for each other without sleeping.</param>
/// <param name="LongestRun">The most choices of a run.</param>
/// <param name="IsExhausted">Whether none is left to try.</param>
/// <param name="Findings">What goes wrong, each once, in the order of finding.</param>
public sealed record Exploration(
    string Scenario, ExplorationOptions Options, long Schedules, long GivenUp, long TooLong, int LongestRun, bool IsExhausted, IReadOnlyList<Finding> Findings)
{
    /// <summary>Explores a scenario.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="options">Which schedules.</param>
    /// <param name="progress">Told after each run how many there were, how many findings, and the share that is done, if that is known; returns whether to go on.</param>
    /// <returns>What it came to.</returns>
    /// <exception cref="InputException">The scenario has no threads, or the strategy is unknown.</exception>
    public static Exploration Of(RunRequest request, ExplorationOptions options, Func<long, int, double?, bool> progress)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        if (request.Scenario.Steps.Count(step => step.Threads.Count > 0) != 1)
        {
            throw new InputException($"{request.Scenario.Name}: exploring takes a scenario with exactly one step \"parallel\" outside repeats");
        }

        IStrategy strategy = options.CreateStrategy();
        Dictionary<string, Finding> findings = [];
        (long schedules, long givenUp, long tooLong, int longest) = (0, 0, 0, 0);
        bool goesOn = true;
        while (goesOn && schedules < options.MostSchedules && strategy.Begin() is { } schedule)
        {
            schedules++;
            RecordedSchedule recorded = new(schedule);
            bool wasGivenUp = !Run(request with { Schedule = recorded }, out RunResult? result);
            givenUp += wasGivenUp && !recorded.IsTooLong ? 1 : 0;
            tooLong += recorded.IsTooLong ? 1 : 0;
            longest = Math.Max(longest, recorded.Length);
            strategy.End(wasGivenUp);
            foreach (Violation violation in result?.Violations ?? [])
            {
                string kind = Minimizer.KindOf(violation);
                if (!findings.ContainsKey(kind))
                {
                    findings.Add(kind, Shortened(request, violation, schedules, recorded.Entries()));
                }
            }

            goesOn = progress(schedules, findings.Count, (strategy as DepthFirst)?.ShareDone);
        }

        bool isExhausted = strategy is DepthFirst && schedules < options.MostSchedules && strategy.Begin() is null;
        return new Exploration(request.Scenario.Name, options, schedules, givenUp, tooLong, longest, isExhausted, [.. findings.Values]);
    }

    private static bool Run(RunRequest request, out RunResult? result)
    {
        try
        {
            result = ScenarioRun.Execute(request);
            return true;
        }
        catch (RunGivenUpException)
        {
            result = null;
            return false;
        }
    }

    private static Finding Shortened(RunRequest request, Violation violation, long foundAt, IReadOnlyList<string> entries)
    {
        IReadOnlyList<string> shortest = Minimizer.Shorten(request, entries, violation);
        RunResult run = ScenarioRun.Execute(request with { Schedule = new WrittenSchedule(shortest) });
        Violation seen = run.Violations.FirstOrDefault(other => Minimizer.KindOf(other) == Minimizer.KindOf(violation)) ?? violation;
        return new Finding(seen.Invariant, seen.Detail, foundAt, entries.Count, shortest, run);
    }
}
