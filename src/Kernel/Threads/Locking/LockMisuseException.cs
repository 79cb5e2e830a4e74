namespace Iopf.Kernel;

/// <summary>A lock was taken, released or waited for in a way the kernel forbids; the message names locks, threads and places.</summary>
/// <remarks>Kernel: what lockdep and <c>might_sleep</c> report.</remarks>
/// <param name="message">Locks, threads and places.</param>
public sealed class LockMisuseException(string message) : Exception(message)
{
    /// <summary>The promise that is broken: L1 (locks are given back), L2 (no recursion) or L3 (no sleep where it is forbidden).</summary>
    public string Promise { get; init; } = "L1";

    /// <summary>The class of the lock; empty if it is not about one.</summary>
    public string LockClass { get; init; } = string.Empty;

    /// <summary>The kernel function that takes it; empty if it is not about taking one.</summary>
    public string Place { get; init; } = string.Empty;
}
