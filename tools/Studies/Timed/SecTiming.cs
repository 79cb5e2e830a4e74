using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Schedulers;

namespace Iopf.Workloads;

/// <summary>A run of the test with time lines: how long it took, and where the time went.</summary>
public sealed class SecTiming
{
    /// <summary>The test's clock, from its start to the last message of the last device.</summary>
    /// <value>Nanoseconds.</value>
    public required long ElapsedNanoseconds { get; init; }

    /// <summary>The part of it before the first message.</summary>
    /// <value>Nanoseconds.</value>
    public required long StartNanoseconds { get; init; }

    /// <summary>Faults reported, of all devices.</summary>
    public required long Faults { get; init; }

    /// <summary>Whether every message of every device was sent.</summary>
    public required bool IsFinished { get; init; }

    /// <summary>What the kernel counted, from its start on.</summary>
    public required Tally Counts { get; init; }

    /// <summary>Pins on page frames at the end.</summary>
    public required long PinnedPages { get; init; }

    /// <summary>The promises that were broken.</summary>
    public required IReadOnlyList<Violation> Violations { get; init; }

    /// <summary>Where each device's engines spent their time.</summary>
    public required IReadOnlyList<EngineTimes> Devices { get; init; }

    /// <summary>Where the time of faults went.</summary>
    public required StageTimes Stages { get; init; }

    /// <summary>The threads that served faults.</summary>
    public required IReadOnlyList<ThreadTimes> Threads { get; init; }

    /// <summary>Their CPUs.</summary>
    public required IReadOnlyList<Processor> Processors { get; init; }

    /// <summary>The locks that were taken.</summary>
    public required IReadOnlyList<LockTimes> Locks { get; init; }

    /// <summary>How long transactions were held by faults of their own, all devices together.</summary>
    /// <value>Nanoseconds.</value>
    public long StallNanoseconds => Devices.Sum(static device => device.StallNanoseconds);

    /// <summary>The part of <see cref="StallNanoseconds"/> in no stage: records and work in queues, threads waiting for a CPU or a lock.</summary>
    /// <value>Nanoseconds.</value>
    public long QueueNanoseconds => StallNanoseconds - Stages.TotalNanoseconds;
}
