namespace Iopf.Schedulers;

/// <summary>Where a thread's time went.</summary>
/// <param name="name">The thread's name.</param>
/// <param name="processor">The CPU it runs on.</param>
/// <param name="isInterruptThread">Whether an interrupt wakes it; otherwise another thread does.</param>
public sealed class ThreadTimes(string name, Processor processor, bool isInterruptThread)
{
    /// <summary>The thread's name.</summary>
    public string Name { get; } = name;

    /// <summary>The CPU it runs on.</summary>
    public Processor Processor { get; } = processor;

    /// <summary>Whether an interrupt wakes it; otherwise another thread does.</summary>
    public bool IsInterruptThread { get; } = isInterruptThread;

    /// <summary>How long it ran.</summary>
    /// <value>Nanoseconds; waiting for locks is part of it.</value>
    public long BusyNanoseconds { get; internal set; }

    /// <summary>How long it was runnable while its CPU ran another thread.</summary>
    /// <value>Nanoseconds.</value>
    public long WaitingNanoseconds { get; internal set; }

    /// <summary>How often it was woken from sleep.</summary>
    public long WakeUps { get; internal set; }

    /// <summary>How often it was given the floor: the items it served, and the looks that found none.</summary>
    public long Runs { get; internal set; }
}
