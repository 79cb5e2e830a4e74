using Iopf.Machine;
using Iopf.Scenarios;

namespace Iopf.Cli.Output;

/// <summary>Whether a run gave reason to object.</summary>
internal static class RunVerdict
{
    /// <summary>Whether every step answered as expected and no invariant was violated.</summary>
    /// <param name="result">The run.</param>
    /// <returns>Whether there is nothing to object.</returns>
    public static bool IsClean(RunResult result) => result.Violations.Count == 0 && FailedExpectations(result) == 0;

    /// <summary>The promises that were broken, in words, each once.</summary>
    /// <param name="violations">What was seen.</param>
    /// <returns>A line for each.</returns>
    public static IEnumerable<string> BrokenPromises(IEnumerable<Violation> violations) =>
        violations.Select(violation => $"{violation.Invariant} is the promise: {violation.Promise}").Distinct();

    /// <summary>How many steps answered differently than expected.</summary>
    /// <param name="result">The run.</param>
    /// <returns>The number of steps.</returns>
    public static int FailedExpectations(RunResult result) => result.Operations.Count(operation => !operation.Matched);
}
