namespace Iopf.SpeedKit.Growth;

/// <summary>What was counted along one axis.</summary>
/// <param name="Axis">The axis.</param>
/// <param name="Points">The cost at each size.</param>
public sealed record GrowthSeries(GrowthAxis Axis, IReadOnlyList<GrowthPoint> Points);
