namespace Iopf.Kernel;

/// <summary>The time during which a caller is the running thread.</summary>
public readonly record struct ThreadScope : IDisposable
{
    private readonly Scheduler? _scheduler;
    private readonly KernelThread _thread;
    private readonly KernelThread _previous;

    internal ThreadScope(Scheduler scheduler, KernelThread thread, KernelThread previous)
    {
        _scheduler = scheduler;
        _thread = thread;
        _previous = previous;
    }

    /// <summary>Hands the floor back to the thread that had it.</summary>
    public void Dispose() => _scheduler?.Leave(_thread, _previous);
}
