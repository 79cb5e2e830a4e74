namespace Iopf.Kernel;

/// <summary>A thread waits, and no other thread can ever end the wait; the message names both ends.</summary>
public sealed class DeadlockException : Exception
{
    /// <summary>Names no wait; for serializers only.</summary>
    public DeadlockException()
        : base("deadlock")
    {
    }

    /// <summary>Names the wait.</summary>
    /// <param name="message">Who waits, where, for what, holding what.</param>
    public DeadlockException(string message)
        : base(message)
    {
    }

    /// <summary>The promise that is broken: L2 (a lock whose holder cannot go on) or R1 (a wait that nothing can end).</summary>
    public string Promise { get; init; } = "L2";

    /// <summary>Names the wait and what led to it.</summary>
    /// <param name="message">Who waits, where, for what, holding what.</param>
    /// <param name="innerException">What led to it.</param>
    public DeadlockException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
