using Iopf.Kernel;

namespace Iopf.Failures;

/// <summary>One run in which one call failed.</summary>
/// <param name="Kind">What failed.</param>
/// <param name="Number">Which call of its kind, from 1.</param>
/// <param name="Operation">The operation in which it came, as one would read it; empty if it came while the files were closed at the end.</param>
/// <param name="Answer">What the operation answered; empty with <paramref name="Operation"/>.</param>
/// <param name="Objection">What is wrong with the run; empty if nothing is.</param>
public sealed record Failpoint(FailureKind Kind, long Number, string Operation, string Answer, string Objection)
{
    /// <summary>Whether something is wrong.</summary>
    public bool IsViolation => Objection.Length > 0;
}
