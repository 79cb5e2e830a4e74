namespace Iopf.Benchmarks.Report;

/// <summary>What a command took, in milliseconds.</summary>
/// <param name="Wall">From its start to its end.</param>
/// <param name="Processor">On all processors.</param>
internal readonly record struct Spent(double Wall, double Processor);
