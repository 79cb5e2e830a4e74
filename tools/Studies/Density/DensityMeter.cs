namespace Iopf.Density;

/// <summary>What is measured of a run, between two moments.</summary>
internal sealed class DensityMeter
{
    private long[] _busyBefore = [];

    /// <summary>When measuring begins, in nanoseconds.</summary>
    public long From { get; private set; } = long.MaxValue;

    /// <summary>When measuring ends, in nanoseconds.</summary>
    public long Until { get; private set; } = long.MaxValue;

    /// <summary>What had happened to pages when measuring began; null before.</summary>
    public PageCounts? CountsBefore { get; private set; }

    /// <summary>What happened to pages while it was measured.</summary>
    public PageCounts Counts { get; private set; } = new();

    /// <summary>Measured messages.</summary>
    public long Messages { get; private set; }

    /// <summary>The stages of all measured messages together.</summary>
    public MessageStages Stages { get; private set; }

    /// <summary>How long the busiest event thread was busy, in nanoseconds.</summary>
    public long BusiestEventThread { get; private set; }

    /// <summary>The host's memory over all of the run.</summary>
    public List<MemorySample> Samples { get; } = [];

    /// <summary>Says when to measure.</summary>
    /// <param name="from">From when, in nanoseconds.</param>
    /// <param name="length">For how long, in nanoseconds.</param>
    public void Expect(long from, long length) => (From, Until) = (from, from + length);

    /// <summary>Begins to measure.</summary>
    /// <param name="memory">The host's memory.</param>
    /// <param name="accelerators">The accelerators.</param>
    public void Open(HostMemory memory, IReadOnlyList<Accelerator> accelerators)
    {
        CountsBefore = memory.Counts with { };
        _busyBefore = [.. accelerators.Select(static accelerator => accelerator.Events.BusyNanoseconds)];
    }

    /// <summary>Ends measuring.</summary>
    /// <param name="memory">The host's memory.</param>
    /// <param name="accelerators">The accelerators.</param>
    public void Close(HostMemory memory, IReadOnlyList<Accelerator> accelerators)
    {
        if (CountsBefore is null)
        {
            // Nothing happened between the two moments.
            Open(memory, accelerators);
        }

        Counts = memory.Counts.Since(CountsBefore!);
        BusiestEventThread = accelerators.Select((accelerator, i) => accelerator.Events.BusyNanoseconds - _busyBefore[i]).Max();
    }

    /// <summary>A message is over.</summary>
    /// <param name="guest">Whose.</param>
    /// <param name="now">When, in nanoseconds.</param>
    public void Add(DensityGuest guest, long now)
    {
        if (now < From || now > Until)
        {
            return;
        }

        Messages++;
        Stages += guest.Stages;
        guest.Latencies.Add(guest.Stages.Total);
    }
}
