namespace Iopf.SpeedKit.Growth;

/// <summary>What an operation cost at one size.</summary>
/// <param name="Size">The size.</param>
/// <param name="Cost">The operations of the model.</param>
public readonly record struct GrowthPoint(int Size, OperationCounts Cost);
