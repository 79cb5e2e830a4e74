namespace Iopf.Kernel;

/// <summary>Decides which kernel thread runs, and who gets a lock.</summary>
/// <remarks>
/// Model code is ordinary synchronous C#: it takes locks, waits, starts and wakes threads only through this port.
/// <see cref="InlineScheduler"/> is the fast single-threaded answer.
/// </remarks>
public abstract class Scheduler
{
    /// <summary>The thread that is running.</summary>
    public abstract KernelThread Current { get; }

    /// <summary>Where the order of locks is recorded; <see langword="null"/> to record nothing.</summary>
    public LockOrder? LockOrder { get; set; }

    /// <summary>Called with each thread that is about to sleep and what it waits for; observes only.</summary>
    public Action<KernelThread, WaitQueue>? Sleeping { get; set; }

    /// <summary>Creates a thread that sleeps until it is woken.</summary>
    /// <param name="name">Its name in traces and reports.</param>
    /// <param name="activation">What it does from one wake-up to the next sleep.</param>
    /// <returns>The thread.</returns>
    public abstract KernelThread CreateThread(string name, Action activation);

    /// <summary>Creates a thread that is not started by the kernel but enters it: a process calling an ioctl, a device.</summary>
    /// <param name="name">Its name in traces and reports.</param>
    /// <returns>The thread, to be passed to <see cref="Enter"/>.</returns>
    public abstract KernelThread CreateCaller(string name);

    /// <summary>Runs what follows as another thread, until the returned scope is disposed of.</summary>
    /// <param name="thread">A caller made by <see cref="CreateCaller"/>.</param>
    /// <returns>The scope.</returns>
    public abstract ThreadScope Enter(KernelThread thread);

    /// <summary>Makes a sleeping thread runnable; waking it again before it ran has no further effect.</summary>
    /// <param name="thread">A thread made by <see cref="CreateThread"/>.</param>
    public abstract void Wake(KernelThread thread);

    /// <summary>Gives the floor to the runnable threads until none is left.</summary>
    public abstract void RunReady();

    /// <summary>Whether the steps of the trace are places where other threads may run.</summary>
    public bool StopsAtSteps { get; private protected set; }

    /// <summary>Whether threads, locks and devices have time lines of their own, and the stages of a fault their own costs.</summary>
    public virtual bool KeepsTimelines => false;

    /// <summary>Asked by a thread that serves items, after each: whether it returns now, to be given the floor again for the next.</summary>
    /// <returns>Whether it does; whoever returns then has not slept when it goes on.</returns>
    public virtual bool Relinquishes() => false;

    /// <summary>Marks an access to something that other threads change without a lock: a scheduler may let them run here.</summary>
    /// <param name="name">What is accessed.</param>
    public virtual void Point(string name)
    {
        // Threads of a scheduler that never preempts notice nothing.
    }

    /// <summary>Tells that something is accessed that others change under a lock that the accessor does not hold.</summary>
    /// <param name="target">What, by the name of the lock.</param>
    /// <param name="writes">Whether it is changed.</param>
    public virtual void Touch(string target, bool writes)
    {
        // Only a scheduler that tries other orders wants to know.
    }

    /// <summary>A step of the trace, where other threads may run.</summary>
    internal virtual void StepPoint(TraceLayer layer, string function)
    {
        // As with marked accesses.
    }

    internal abstract void Acquire(KernelLock @lock, LockMode mode, string place);

    internal abstract bool TryAcquire(KernelLock @lock, LockMode mode, string place);

    internal abstract void Release(KernelLock @lock, LockMode mode);

    internal abstract WaitOutcome Wait(WaitQueue queue, Func<bool> condition, bool killable, string place);

    internal abstract void WakeAll(WaitQueue queue);

    internal abstract void Leave(KernelThread thread, KernelThread previous);
}
