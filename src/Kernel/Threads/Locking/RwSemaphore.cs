using System.Runtime.CompilerServices;

namespace Iopf.Kernel;

/// <summary>A sleeping lock with many readers or one writer.</summary>
/// <remarks>Kernel: <c>struct rw_semaphore</c>.</remarks>
/// <param name="scheduler">Who hands the lock out.</param>
/// <param name="name">Its name in reports.</param>
/// <param name="lockClass">The role it plays; its name if omitted.</param>
public sealed class RwSemaphore(Scheduler scheduler, string name, string? lockClass = null)
    : KernelLock(scheduler, LockKind.RwSemaphore, name, lockClass)
{
    /// <summary>Takes the lock as a reader until the returned scope is disposed of.</summary>
    /// <param name="place">Where it is taken; filled in by the compiler.</param>
    /// <returns>The scope.</returns>
    public LockScope HoldRead([CallerMemberName] string place = "") => Take(LockMode.Shared, place);

    /// <summary>Takes the lock as the writer until the returned scope is disposed of.</summary>
    /// <param name="place">Where it is taken; filled in by the compiler.</param>
    /// <returns>The scope.</returns>
    public LockScope HoldWrite([CallerMemberName] string place = "") => Take(LockMode.Exclusive, place);
}
