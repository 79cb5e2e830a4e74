using Iopf.Scenarios;

namespace Iopf.Comparing;

/// <summary>Two runs of one scenario held against each other.</summary>
/// <param name="Left">The left run.</param>
/// <param name="Right">The right run.</param>
/// <param name="Differences">The outcomes that differ.</param>
/// <param name="Divergence">Where their traces part; <see langword="null"/> if they do not.</param>
public sealed record Comparison(
    ObservedRun Left, ObservedRun Right, IReadOnlyList<OutcomeDifference> Differences, Divergence? Divergence)
{
    /// <summary>Whether nothing differs.</summary>
    public bool IsSame => Differences.Count == 0 && Divergence is null;

    /// <summary>Runs a scenario twice and compares.</summary>
    /// <param name="execute">Runs it.</param>
    /// <param name="request">What to run.</param>
    /// <param name="left">The kernel of the left run.</param>
    /// <param name="right">The kernel of the right run.</param>
    /// <param name="withStates">Whether the hosts are looked at after each operation.</param>
    /// <returns>The comparison.</returns>
    public static Comparison Of(
        Func<RunRequest, RunResult> execute, RunRequest request, Variant left, Variant right, bool withStates = false)
    {
        ObservedRun one = ObservedRun.Of(execute, request, left, withStates);
        ObservedRun other = ObservedRun.Of(execute, request, right, withStates);
        return new Comparison(one, other, Outcomes.Differences(one.Result, other.Result), Part(execute, request, one, other));
    }

    private static Divergence? Part(Func<RunRequest, RunResult> execute, RunRequest request, ObservedRun left, ObservedRun right)
    {
        int step = Divergence.First(left.Events, right.Events);
        bool isTimeOnly = step < 0;
        step = isTimeOnly ? Divergence.First(left.Events, right.Events, withTimes: true) : step;
        if (step < 0)
        {
            return null;
        }

        return new Divergence(
            step,
            step < left.Events.Count ? left.Events[step] : null,
            step < right.Events.Count ? right.Events[step] : null,
            isTimeOnly,
            Makers(execute, request, left, right, step, isTimeOnly));
    }

    // By experiment: a patch or defect makes the difference if the left run shows it with this one switched as it is on the right. Where it takes several,
    // those without which the right run does not show it.
    private static List<Variant.Difference> Makers(
        Func<RunRequest, RunResult> execute, RunRequest request, ObservedRun left, ObservedRun right, int step, bool withTimes)
    {
        IReadOnlyList<Variant.Difference> switched = Variant.Between(left.Variant, right.Variant);
        List<Variant.Difference> alone = [.. switched.Where(one =>
            Shows(ObservedRun.Of(execute, request, left.Variant.Switched(one)), right, left, step, withTimes))];
        return alone.Count > 0
            ? alone
            : [.. switched.Where(one => !Shows(ObservedRun.Of(execute, request, right.Variant.Switched(one)), right, left, step, withTimes))];
    }

    /// <summary>Whether a run goes along with both up to the step, and there with the right one.</summary>
    private static bool Shows(ObservedRun run, ObservedRun right, ObservedRun left, int step, bool withTimes)
    {
        int fromLeft = Divergence.First(run.Events, left.Events, withTimes);
        int fromRight = Divergence.First(run.Events, right.Events, withTimes);
        return fromLeft == step && (fromRight < 0 || fromRight > step);
    }
}
