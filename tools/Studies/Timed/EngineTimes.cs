namespace Iopf.Workloads;

/// <summary>Where the time of a device's engines went while they worked at messages.</summary>
public sealed class EngineTimes
{
    /// <summary>Messages that are done.</summary>
    public long Messages { get; internal set; }

    /// <summary>From the beginning of each message to its end.</summary>
    /// <value>Nanoseconds, all messages together.</value>
    public long MessageNanoseconds { get; internal set; }

    /// <summary>Moving data.</summary>
    /// <value>Nanoseconds.</value>
    public long TransferNanoseconds { get; internal set; }

    /// <summary>Held in the SMMU by faults of their own.</summary>
    /// <value>Nanoseconds.</value>
    public long StallNanoseconds { get; internal set; }

    /// <summary>Waiting for a page that another engine's fault is about.</summary>
    /// <value>Nanoseconds.</value>
    public long SharedNanoseconds { get; internal set; }

    /// <summary>Faults of their own.</summary>
    public long Faults { get; internal set; }

    /// <summary>The longest fault.</summary>
    /// <value>Nanoseconds.</value>
    public long LongestStallNanoseconds { get; internal set; }

    /// <summary>When the last message was done, on the virtual clock.</summary>
    internal long LastEnd { get; set; }
}
