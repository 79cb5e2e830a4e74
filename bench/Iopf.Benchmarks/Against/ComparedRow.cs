namespace Iopf.Benchmarks.Against;

/// <summary>A row of two commits, measured in processes that take turns.</summary>
/// <param name="listed">Which row.</param>
internal sealed class ComparedRow(ListedRow listed)
{
    private const double Tolerated = 1.05;
    private readonly List<List<(double Before, double After)>> _series = [];

    /// <summary>Which row.</summary>
    public ListedRow Listed => listed;

    /// <summary>What was before, of all series.</summary>
    public Quartiles Before => Quartiles.Of(_series.SelectMany(static series => series).Select(static pair => pair.Before));

    /// <summary>What is after, of all series.</summary>
    public Quartiles After => Quartiles.Of(_series.SelectMany(static series => series).Select(static pair => pair.After));

    /// <summary>How many processes of each commit measured it.</summary>
    public int Processes => _series.Sum(static series => series.Count);

    /// <summary>The ratio of the medians.</summary>
    public double Ratio => After.Median / Before.Median;

    /// <summary>What every series says by itself; where they differ, the row is equal.</summary>
    public Verdict Verdict => _series.Select(VerdictOf).Distinct().ToArray() is [Verdict only] ? only : Verdict.Equal;

    /// <summary>What follows is a series of its own.</summary>
    public void BeginSeries() => _series.Add([]);

    /// <summary>Adds what one process of each commit measured.</summary>
    public void Add(double before, double after) => _series[^1].Add((before, after));

    private static Verdict VerdictOf(List<(double Before, double After)> series)
    {
        Quartiles before = Quartiles.Of(series.Select(static pair => pair.Before));
        Quartiles after = Quartiles.Of(series.Select(static pair => pair.After));
        return IsAbove(after, before) ? Verdict.Slower : IsAbove(before, after) ? Verdict.Faster : Verdict.Equal;
    }

    private static bool IsAbove(Quartiles slow, Quartiles fast) => slow.Median > Tolerated * fast.Median && slow.Low > fast.High;
}
