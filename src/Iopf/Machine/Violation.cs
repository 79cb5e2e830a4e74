namespace Iopf.Machine;

/// <summary>A promise of the model that a run broke.</summary>
/// <param name="Invariant">The promise's short name.</param>
/// <param name="Promise">The promise in words.</param>
/// <param name="Operation">The operation after which it was seen, with its place in the file; "end of run" after the last.</param>
/// <param name="Detail">The objects it concerns.</param>
/// <param name="TraceStep">How many steps the trace had when it was seen.</param>
public sealed record Violation(string Invariant, string Promise, string Operation, string Detail, long TraceStep);
