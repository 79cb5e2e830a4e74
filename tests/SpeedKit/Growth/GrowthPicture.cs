using Iopf.Studies.Charts;

namespace Iopf.SpeedKit.Growth;

/// <summary>What was counted along one axis, as a picture.</summary>
public static class GrowthPicture
{
    private static readonly (string Name, Func<OperationCounts, long> Value)[] Counters =
    [
        ("steps", static cost => cost.Steps),
        ("locks", static cost => cost.Locks),
        ("frames", static cost => cost.Frames),
        ("frames given back", static cost => -cost.Frames),
        ("invalidations", static cost => cost.Invalidations),
        ("comparisons", static cost => cost.Comparisons),
    ];

    /// <summary>The name of its file in docs/pictures.</summary>
    public static string FileOf(GrowthAxis axis) => $"growth-{axis.Key}.svg";

    /// <summary>The file.</summary>
    public static string Text(GrowthSeries series) => string.Join('\n', Of(series).Lines()) + "\n";

    private static CurveChart Of(GrowthSeries series)
    {
        GrowthAxis axis = series.Axis;
        return new CurveChart(
            $"The cost of {axis.Operation} over {axis.Across}",
            new ChartAxis(axis.Across, Scale: ChartScale.Log10),
            new ChartAxis($"operations for {axis.Operation}", Scale: axis.IsProportional ? ChartScale.Log10 : ChartScale.Linear),
            [.. Curves(series)])
        {
            Subtitle = $"{axis.Fixed} (eng/bench --growth)",
        };
    }

    /// <summary>One curve for each that differs; what stays 0 has none.</summary>
    private static IEnumerable<Curve> Curves(GrowthSeries series) =>
        from counter in Counters
        let points = series.Points.Select(point => new CurvePoint(point.Size, counter.Value(point.Cost))).ToArray()
        where points.All(static point => point.Y >= 0) && points.Any(static point => point.Y > 0)
        group counter.Name by string.Join(' ', points.Select(static point => point.Y)) into same
        let any = Counters.First(counter => counter.Name == same.First())
        select new Curve(string.Join(", ", same), [.. series.Points.Select(point => new CurvePoint(point.Size, any.Value(point.Cost)))]);
}
