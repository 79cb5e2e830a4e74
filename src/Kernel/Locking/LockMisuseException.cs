namespace Iopf.Kernel;

/// <summary>A lock was taken, released or waited for in a way the kernel forbids; the message names locks, threads and places.</summary>
/// <remarks>Kernel: what lockdep and <c>might_sleep</c> report.</remarks>
public sealed class LockMisuseException : Exception
{
    /// <summary>Names no misuse; for serializers only.</summary>
    public LockMisuseException()
        : base("a lock was misused")
    {
    }

    /// <summary>Names the misuse.</summary>
    /// <param name="message">Locks, threads and places.</param>
    public LockMisuseException(string message)
        : base(message)
    {
    }

    /// <summary>The promise that is broken: L1 (locks are given back), L2 (no recursion) or L3 (no sleep where it is forbidden).</summary>
    public string Promise { get; init; } = "L1";

    /// <summary>Names the misuse and what led to it.</summary>
    /// <param name="message">Locks, threads and places.</param>
    /// <param name="innerException">What led to it.</param>
    public LockMisuseException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
