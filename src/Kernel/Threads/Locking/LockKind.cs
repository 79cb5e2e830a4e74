namespace Iopf.Kernel;

/// <summary>The kinds of locks of the kernel; the kind decides what may happen while one is held.</summary>
public enum LockKind
{
    /// <summary>Kernel: <c>struct mutex</c>. Its holder may sleep; not recursive.</summary>
    Mutex,

    /// <summary>Kernel: <c>spinlock_t</c>. Its holder may not sleep.</summary>
    SpinLock,

    /// <summary>Kernel: <c>struct rw_semaphore</c>. Many readers or one writer; holders may sleep.</summary>
    RwSemaphore,

    /// <summary>Kernel: <c>struct srcu_struct</c>. Read sections may sleep; synchronizing waits for all of them.</summary>
    Srcu,
}
