using Iopf.Machine;
using Iopf.Scenarios;

namespace Iopf.Exploring;

/// <summary>One thing that is wrong with a run.</summary>
/// <param name="Kind">How it shows; see <see cref="Finding.Kind"/>.</param>
/// <param name="Invariant">The promise; <c>oops</c> or <c>expect</c>.</param>
/// <param name="Detail">The objects it concerns.</param>
internal readonly record struct Trouble(string Kind, string Invariant, string Detail)
{
    private const string Livelock = "livelock: ";

    /// <summary>What is the same for troubles that differ in numbers only.</summary>
    public string Signature => $"{Invariant} {Words(Detail)}";

    /// <summary>Everything that is wrong with a run: broken promises, then answers that are not the expected ones.</summary>
    /// <param name="run">The run.</param>
    /// <returns>The troubles.</returns>
    public static IEnumerable<Trouble> In(RunResult run)
    {
        string? end = run.Operations.LastOrDefault(static operation => operation.Op == "parallel")?.Result;
        foreach (Violation violation in run.Violations)
        {
            bool isEnd = end is not null && ReferenceEquals(violation, run.Violations[^1]);
            string kind = isEnd ? end! : "violation";
            yield return violation.Detail.StartsWith(Livelock, StringComparison.Ordinal)
                ? new Trouble("livelock", violation.Invariant, violation.Detail)
                : new Trouble(kind, violation.Invariant, violation.Detail);
        }

        foreach (RunOperation operation in run.Operations.Where(static operation => !operation.Matched))
        {
            string details = string.Concat(operation.Details.Select(static detail => $" {detail.Key}={detail.Value}"));
            yield return new Trouble("expectation", "expect", $"{operation.Text}: {operation.Result}{details} instead of {operation.Expected}");
        }
    }

    /// <summary>The words of a livelock.</summary>
    public static string LivelockOf(string threads) => Livelock + threads;

    // Cycles read the same from wherever they were entered: only their classes count, in the order of the alphabet.
    private static string Words(string text)
    {
        string[] parts = text.Split("; ");
        string first = parts.Length > 1 && parts.All(static part => part.Contains(" -> ", StringComparison.Ordinal))
            ? string.Join(';', parts.Select(static part => part.Split(" (")[0]).Order(StringComparer.Ordinal))
            : parts[0];
        return string.Concat(first.Where(static character => !char.IsAsciiDigit(character)).Select(char.ToLowerInvariant));
    }
}
