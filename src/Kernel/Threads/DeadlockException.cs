namespace Iopf.Kernel;

/// <summary>A thread waits, and no other thread can ever end the wait, or threads work for ever; the message names both ends.</summary>
/// <param name="message">Who waits, where, for what, holding what.</param>
public sealed class DeadlockException(string message) : Exception(message)
{
    /// <summary>The promise that is broken: L2 (a lock whose holder cannot go on) or R1 (a wait that nothing can end, or work that never ends).</summary>
    public string Promise { get; init; } = "L2";

    /// <summary>The kernel function that waits; empty if it is not one thread that does.</summary>
    public string Place { get; init; } = string.Empty;
}
