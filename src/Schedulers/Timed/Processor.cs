namespace Iopf.Schedulers;

/// <summary>A CPU that serves the faults of one SMMU: one thread at a time.</summary>
/// <param name="name">Its name in reports.</param>
public sealed class Processor(string name)
{
    /// <summary>Its name in reports.</summary>
    public string Name { get; } = name;

    /// <summary>How long it ran threads, lock waits among it.</summary>
    /// <value>Nanoseconds.</value>
    public long BusyNanoseconds { get; internal set; }

    /// <summary>How often an interrupt thread took it from a worker.</summary>
    public long Preemptions { get; internal set; }

    /// <summary>When it is done with what it runs.</summary>
    internal long FreeAt { get; set; }

    /// <summary>The turn of the worker that it runs or that was preempted; <see langword="null"/> if it runs none.</summary>
    internal Turn? WorkersTurn { get; set; }
}
