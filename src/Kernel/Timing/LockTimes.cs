namespace Iopf.Kernel;

/// <summary>Where the time at one lock went.</summary>
/// <param name="name">The lock's name.</param>
public sealed class LockTimes(string name)
{
    /// <summary>The lock's name.</summary>
    public string Name { get; } = name;

    /// <summary>How often it was taken exclusively.</summary>
    public long Acquisitions { get; internal set; }

    /// <summary>How often somebody had to wait for it.</summary>
    public long Contentions { get; internal set; }

    /// <summary>How long it was held.</summary>
    /// <value>Nanoseconds.</value>
    public long HeldNanoseconds { get; internal set; }

    /// <summary>How long it was waited for.</summary>
    /// <value>Nanoseconds, all threads together.</value>
    public long WaitingNanoseconds { get; internal set; }

    /// <summary>When its last holder gives it back.</summary>
    internal long FreeAt { get; set; }

    /// <summary>Since when it is held.</summary>
    internal long HeldSince { get; set; }
}
