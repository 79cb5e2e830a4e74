namespace Iopf.Density;

/// <summary>One policy over the number of guests.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Runs">The runs, by number of guests in ascending order.</param>
public sealed record DensityCurve(DensityPolicy Policy, IReadOnlyList<DensityRun> Runs)
{
    /// <summary>How much of its throughput in the best of the hosts a guest must keep to be said to fit.</summary>
    public const double FitShare = 0.9;

    /// <summary>The last run, from the fewest guests on, in which all guests that were asked for run and each keeps its throughput; null if none does.</summary>
    public DensityRun? LastFit => Runs.TakeWhile(Fits).LastOrDefault();

    /// <summary>Guests that fit: where each still keeps its throughput. Where the host refuses more than it has admitted, those it admitted.</summary>
    public int GuestsThatFit
    {
        get
        {
            DensityRun? first = Runs.SkipWhile(Fits).FirstOrDefault();
            bool isRefusal = first is not null && first.Admitted < first.Guests && KeepsThroughput(first);
            return isRefusal ? first!.Admitted : LastFit?.Guests ?? 0;
        }
    }

    /// <summary>The fewest guests that no longer fit; null if all that were asked for do.</summary>
    public int? Inflection => Runs.SkipWhile(Fits).FirstOrDefault()?.Guests;

    /// <summary>What one more guest adds, in MiB per second, as long as guests fit: least squares through the origin.</summary>
    public double Slope
    {
        get
        {
            DensityRun[] fit = [.. Runs.TakeWhile(Fits)];
            double squares = fit.Sum(static run => (double)run.Guests * run.Guests);
            return squares == 0 ? 0 : fit.Sum(static run => run.Guests * run.Throughput) / squares;
        }
    }

    /// <summary>The most throughput of all runs, in MiB per second.</summary>
    public double Plateau => Runs.Select(static run => run.Throughput).DefaultIfEmpty(0).Max();

    private bool Fits(DensityRun run) => run.Admitted == run.Guests && KeepsThroughput(run);

    private bool KeepsThroughput(DensityRun run) => run.Admitted > 0 && PerGuest(run) >= FitShare * Runs.Max(PerGuest);

    private static double PerGuest(DensityRun run) => run.Admitted == 0 ? 0 : run.Throughput / run.Admitted;
}
