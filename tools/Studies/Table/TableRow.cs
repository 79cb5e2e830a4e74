namespace Iopf.Workloads;

/// <summary>One row of the cover letter's table, published and modelled.</summary>
/// <param name="Config">The configuration.</param>
/// <param name="Premap">Pages one fault may map.</param>
/// <param name="Messages">Messages sent.</param>
/// <param name="PublishedFaults">The published count of faults.</param>
/// <param name="PublishedPinnedNanoseconds">The published time with all memory pinned, from the second posting's throughput.</param>
/// <param name="PublishedIopfNanoseconds">The published time with IOPF.</param>
/// <param name="Pinned">The model's run without faults.</param>
/// <param name="Iopf">The model's run with faults.</param>
public sealed record TableRow(
    string Config,
    int Premap,
    int Messages,
    long PublishedFaults,
    double PublishedPinnedNanoseconds,
    double PublishedIopfNanoseconds,
    SecTiming Pinned,
    SecTiming Iopf)
{
    /// <summary>Whether only the second posting has the row.</summary>
    public bool IsOfSecondPosting => Messages == CoverLetterTable.SecondPostingMessages;

    /// <summary>The published slowdown.</summary>
    /// <value>Percent.</value>
    public double PublishedSlowdown => Slowdown(PublishedPinnedNanoseconds, PublishedIopfNanoseconds);

    /// <summary>The model's slowdown.</summary>
    /// <value>Percent.</value>
    public double ModelSlowdown => Slowdown(Pinned.ElapsedNanoseconds, Iopf.ElapsedNanoseconds);

    /// <summary>The model's slowdown less the published one.</summary>
    /// <value>Percentage points.</value>
    public double Difference => ModelSlowdown - PublishedSlowdown;

    /// <summary>Served one after another, how many times longer the faults would take than they made the published run.</summary>
    /// <remarks>The faults are those of the model's run, not <see cref="PublishedFaults"/>.</remarks>
    /// <param name="faultNanoseconds">A fault alone, with its window.</param>
    /// <returns>1 for faults that nothing hides.</returns>
    public double PublishedOverlap(double faultNanoseconds) =>
        Iopf.Faults * faultNanoseconds / (PublishedIopfNanoseconds - PublishedPinnedNanoseconds);

    /// <summary>The same of the model's run.</summary>
    /// <param name="faultNanoseconds">A fault alone, with its window.</param>
    /// <returns>1 for faults that nothing hides; not finite if they made the run no longer.</returns>
    public double ModelOverlap(double faultNanoseconds) => Iopf.Faults * faultNanoseconds / (Iopf.ElapsedNanoseconds - Pinned.ElapsedNanoseconds);

    private static double Slowdown(double pinned, double iopf) => iopf > 0 ? 100 * (1 - (pinned / iopf)) : 0;
}
