namespace Iopf.Benchmarks.Against;

/// <summary>A row of this program.</summary>
/// <param name="Listed">How it is told of.</param>
/// <param name="Measure">Measures it: the least of several iterations, which is what others on the computer disturbed the least.</param>
internal sealed record MeasurableRow(ListedRow Listed, Func<double> Measure);
