using System.Globalization;
using Iopf.Machine;
using Iopf.Scenarios;

namespace Iopf.Errata;

/// <summary>One thing that a run shows or does not show.</summary>
/// <param name="Step">The number of an executed operation; <see langword="null"/> to look at the violations.</param>
/// <param name="Detail">The detail of the operation; empty for its result.</param>
/// <param name="Value">What the result or detail is; the promise that is broken.</param>
/// <param name="Contains">What the violation's text holds; empty if any will do.</param>
public sealed record Observation(int? Step, string Detail, string Value, string Contains)
{
    /// <summary>Looks at a run.</summary>
    /// <param name="result">The run.</param>
    /// <param name="other">The run it is held against, for the words; <see langword="null"/> for none.</param>
    /// <returns>What is seen, in words; <see langword="null"/> if the run does not show it.</returns>
    public string? SeenIn(RunResult result, RunResult? other = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        return Step is int step ? SeenInOperation(result, other, step) : SeenInViolations(result);
    }

    private string? SeenInOperation(RunResult result, RunResult? other, int step)
    {
        if (ValueAt(result, step) != Value)
        {
            return null;
        }

        string number = step.ToString(CultureInfo.InvariantCulture);
        string what = Detail.Length == 0 ? $"answers {Value}" : $"shows {Detail} {Value}";
        string instead = other is not null && ValueAt(other, step) is { } otherwise ? $" instead of {otherwise}" : "";
        return $"{result.Operations[step].Op} (operation {number}) {what}{instead}";
    }

    private string? ValueAt(RunResult result, int step)
    {
        if (step >= result.Operations.Count)
        {
            return null;
        }

        RunOperation operation = result.Operations[step];
        return Detail.Length == 0 ? operation.Result : operation.Details.FirstOrDefault(detail => detail.Key == Detail).Value;
    }

    private string? SeenInViolations(RunResult result)
    {
        Violation? seen = result.Violations.FirstOrDefault(
            violation => violation.Invariant == Value && violation.Detail.Contains(Contains, StringComparison.Ordinal));
        return seen is null ? null : $"{seen.Invariant}: {seen.Detail}";
    }
}
