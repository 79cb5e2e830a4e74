namespace Iopf.Density;

/// <summary>The device that reclaimed pages go to: one transfer at a time, in the order in which they are asked for.</summary>
/// <param name="options">How fast it is.</param>
internal sealed class SwapDevice(DensityOptions options)
{
    private readonly long _nanosecondsPerPage = 1_000_000_000L * 4096 / (options.SwapMebibytesPerSecond * 1_048_576L);
    private long _free;

    /// <summary>Reads pages; whoever asked waits.</summary>
    /// <param name="now">When it is asked for, in nanoseconds.</param>
    /// <param name="pages">How many.</param>
    /// <returns>How long it takes, with waiting for earlier transfers.</returns>
    public long Read(long now, int pages)
    {
        Occupy(now, pages);
        return _free + options.SwapLatencyNanoseconds - now;
    }

    /// <summary>Writes pages; nobody waits, but later transfers do.</summary>
    /// <param name="now">When it is asked for, in nanoseconds.</param>
    /// <param name="pages">How many.</param>
    public void Write(long now, int pages) => Occupy(now, pages);

    private void Occupy(long now, int pages) => _free = Math.Max(_free, now) + (pages * _nanosecondsPerPage);
}
