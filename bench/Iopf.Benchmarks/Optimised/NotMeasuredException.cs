namespace Iopf.Benchmarks.Optimised;

/// <summary>Figures that do not say what they should are refused.</summary>
internal sealed class NotMeasuredException(string message) : Exception(message);
