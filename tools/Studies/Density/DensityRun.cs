using Iopf.Kernel;

namespace Iopf.Density;

/// <summary>What one host with a number of guests came to under one policy.</summary>
public sealed record DensityRun
{
    private DensityRun(DensityPolicy policy, int guests) => (Policy, Guests) = (policy, guests);

    /// <summary>The policy.</summary>
    public DensityPolicy Policy { get; }

    /// <summary>Guests that were asked for.</summary>
    public int Guests { get; }

    /// <summary>Guests that the host admitted.</summary>
    public int Admitted { get; private init; }

    /// <summary>Payload of all guests, in MiB per second.</summary>
    public double Throughput { get; private init; }

    /// <summary>The time of a message: half of them took at most so long. Nanoseconds, as are all of them.</summary>
    public long Median { get; private init; }

    /// <summary>99 of 100 messages took at most so long.</summary>
    public long Percentile99 { get; private init; }

    /// <summary>999 of 1000 messages took at most so long.</summary>
    public long Percentile999 { get; private init; }

    /// <summary>The 99th percentile of the guest that had the worst one.</summary>
    public long WorstGuest99 { get; private init; }

    /// <summary>Messages that were measured.</summary>
    public long Messages { get; private init; }

    /// <summary>The times of all measured messages, in nanoseconds, in ascending order.</summary>
    public IReadOnlyList<long> Latencies { get; private init; } = [];

    /// <summary>The stages of all measured messages together.</summary>
    public MessageStages Stages { get; private init; }

    /// <summary>The time the last guest took from its creation to the end of its first message, in nanoseconds.</summary>
    public long StartNanoseconds { get; private init; }

    /// <summary>How long it was measured, in nanoseconds.</summary>
    public long MeasuredNanoseconds { get; private init; }

    /// <summary>What happened to pages while it was measured.</summary>
    public PageCounts Counts { get; private init; } = new();

    /// <summary>What happened to pages in all.</summary>
    public PageCounts AllCounts { get; private init; } = new();

    /// <summary>Pages with a frame at the end.</summary>
    public long Resident { get; private init; }

    /// <summary>Pages that could not be reclaimed at the end.</summary>
    public long Pinned { get; private init; }

    /// <summary>Pages that devices could use at the end.</summary>
    public long Mapped { get; private init; }

    /// <summary>How much of the time the busiest event thread was busy, from 0 to 1.</summary>
    public double BusiestEventThread { get; private init; }

    /// <summary>The host's memory over time, from the beginning.</summary>
    public IReadOnlyList<MemorySample> Samples { get; private init; } = [];

    /// <summary>Runs a host.</summary>
    /// <param name="spec">The host and the guests.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="guests">How many guests are asked for; from 1.</param>
    /// <returns>What it came to.</returns>
    /// <exception cref="InputException">The guests' memory does not hold what they do.</exception>
    public static DensityRun Of(DensitySpec spec, DensityPolicy policy, int guests)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(policy);
        DensitySimulation simulation = new(spec, policy.Create(spec), guests);
        simulation.Run();
        DensityMeter meter = simulation.Meter;
        long measured = simulation.Guests.Count == 0 ? 0 : meter.Until - meter.From;
        long[] latencies = [.. simulation.Guests.SelectMany(static guest => guest.Latencies).Order()];
        return new DensityRun(policy, guests)
        {
            Admitted = simulation.Guests.Count,
            Throughput = measured == 0 ? 0 : meter.Messages * (spec.Options.MessageBytes / 1_048_576.0) / (measured / 1e9),
            Median = At(latencies, 500),
            Percentile99 = At(latencies, 990),
            Percentile999 = At(latencies, 999),
            WorstGuest99 = simulation.Guests.Select(static guest => At([.. guest.Latencies.Order()], 990)).DefaultIfEmpty(0).Max(),
            Messages = meter.Messages,
            Latencies = latencies,
            Stages = meter.Stages,
            StartNanoseconds = simulation.StartNanoseconds,
            MeasuredNanoseconds = measured,
            Counts = meter.Counts,
            AllCounts = simulation.Memory.Counts,
            Resident = simulation.Memory.Resident,
            Pinned = simulation.Memory.Pinned,
            Mapped = simulation.Memory.Mapped,
            BusiestEventThread = measured == 0 ? 0 : meter.BusiestEventThread / (double)measured,
            Samples = meter.Samples,
        };
    }

    private static long At(long[] ordered, int perMille) =>
        ordered.Length == 0 ? 0 : ordered[(int)Math.Max(0, (((long)ordered.Length * perMille) + 999) / 1000 - 1)];
}
