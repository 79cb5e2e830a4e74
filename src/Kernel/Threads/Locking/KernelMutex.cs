using System.Runtime.CompilerServices;

namespace Iopf.Kernel;

/// <summary>A sleeping lock with one holder.</summary>
/// <remarks>Kernel: <c>struct mutex</c>.</remarks>
/// <param name="scheduler">Who hands the lock out.</param>
/// <param name="name">Its name in reports.</param>
/// <param name="lockClass">The role it plays; its name if omitted.</param>
public sealed class KernelMutex(Scheduler scheduler, string name, string? lockClass = null)
    : KernelLock(scheduler, LockKind.Mutex, name, lockClass)
{
    /// <summary>Takes the lock until the returned scope is disposed of.</summary>
    /// <param name="place">Where it is taken; filled in by the compiler.</param>
    /// <returns>The scope.</returns>
    public LockScope Hold([CallerMemberName] string place = "") => Take(LockMode.Exclusive, place);

    /// <summary>Takes the lock if nobody holds it.</summary>
    /// <remarks>Kernel: <c>mutex_trylock</c>. Never sleeps. Release with <see cref="Unlock"/>.</remarks>
    /// <param name="place">Where it is taken; filled in by the compiler.</param>
    /// <returns>Whether it was taken.</returns>
    public bool TryLock([CallerMemberName] string place = "") => Scheduler.TryAcquire(this, LockMode.Exclusive, place);

    /// <summary>Takes the lock without a scope, where taking and releasing are in different functions.</summary>
    /// <param name="place">Where it is taken; filled in by the compiler.</param>
    public void Lock([CallerMemberName] string place = "") => Scheduler.Acquire(this, LockMode.Exclusive, place);

    /// <summary>Releases a lock taken with <see cref="Lock"/> or <see cref="TryLock"/>.</summary>
    public void Unlock() => Drop(LockMode.Exclusive);
}
