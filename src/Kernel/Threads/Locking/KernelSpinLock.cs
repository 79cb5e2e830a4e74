using System.Runtime.CompilerServices;

namespace Iopf.Kernel;

/// <summary>A lock whose holder may not sleep.</summary>
/// <remarks>Kernel: <c>spinlock_t</c>.</remarks>
/// <param name="scheduler">Who hands the lock out.</param>
/// <param name="name">Its name in reports.</param>
/// <param name="lockClass">The role it plays; its name if omitted.</param>
public sealed class KernelSpinLock(Scheduler scheduler, string name, string? lockClass = null)
    : KernelLock(scheduler, LockKind.SpinLock, name, lockClass)
{
    /// <summary>Takes the lock until the returned scope is disposed of.</summary>
    /// <param name="place">Where it is taken; filled in by the compiler.</param>
    /// <returns>The scope.</returns>
    public LockScope Hold([CallerMemberName] string place = "") => Take(LockMode.Exclusive, place);
}
