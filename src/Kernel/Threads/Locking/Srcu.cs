using System.Runtime.CompilerServices;

namespace Iopf.Kernel;

/// <summary>Read sections that may sleep, and a way to wait until all that were running have ended.</summary>
/// <remarks>Kernel: <c>struct srcu_struct</c>, <c>srcu_read_lock</c>, <c>synchronize_srcu</c>.</remarks>
/// <param name="scheduler">Who runs the threads.</param>
/// <param name="name">Its name in reports.</param>
/// <param name="lockClass">The role it plays; its name if omitted.</param>
public sealed class Srcu(Scheduler scheduler, string name, string? lockClass = null)
    : KernelLock(scheduler, LockKind.Srcu, name, lockClass)
{
    private readonly WaitQueue _readersGone = new(scheduler, $"{name} readers");

    /// <summary>Enters a read section until the returned scope is disposed of.</summary>
    /// <param name="place">Where it is entered; filled in by the compiler.</param>
    /// <returns>The scope.</returns>
    public LockScope HoldRead([CallerMemberName] string place = "") => Take(LockMode.Shared, place);

    /// <summary>Waits until no read section is running.</summary>
    /// <param name="place">Where the wait is; filled in by the compiler.</param>
    /// <exception cref="LockMisuseException">The caller is inside a read section itself.</exception>
    public void Synchronize([CallerMemberName] string place = "")
    {
        if (IsHeld)
        {
            throw new LockMisuseException($"{place} waits for {Name} inside its own read section");
        }

        Scheduler.Touch(Name, writes: true);
        if (Readers > 0)
        {
            _readersGone.Wait(() => Readers == 0, place);
        }
    }

    internal void ReaderLeft()
    {
        if (Readers == 0)
        {
            _readersGone.WakeAll();
        }
    }
}
