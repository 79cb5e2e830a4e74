using System.Globalization;

namespace Iopf.SpeedKit.Growth;

/// <summary>What was counted along all axes, as one table.</summary>
public static class GrowthTable
{
    /// <summary>The line of a document from which on the table is written.</summary>
    public const string Begin = "<!-- From here on written by eng/bench, also with --growth. -->";

    /// <summary>The lines; sizes that follow one another and cost the same share one.</summary>
    public static IEnumerable<string> Lines(IEnumerable<GrowthSeries> all) =>
    [
        "| cost of | over | from | to | steps | locks | frames | invalidations | comparisons |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|",
        .. all.SelectMany(Lines),
    ];

    private static IEnumerable<string> Lines(GrowthSeries series)
    {
        int first = 0;
        for (int next = 1; next <= series.Points.Count; next++)
        {
            if (next == series.Points.Count || series.Points[next].Cost != series.Points[first].Cost)
            {
                yield return Line(series.Axis, series.Points[first], series.Points[next - 1].Size);
                first = next;
            }
        }
    }

    private static string Line(GrowthAxis axis, GrowthPoint point, int last)
    {
        OperationCounts cost = point.Cost;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {axis.Operation} | {axis.Across} | {point.Size:#,0} | {last:#,0} | {cost.Steps:#,0} | {cost.Locks:#,0} | {cost.Frames:#,0} | {cost.Invalidations:#,0} | {cost.Comparisons:#,0} |");
    }
}
