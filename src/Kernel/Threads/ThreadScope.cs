namespace Iopf.Kernel;

/// <summary>The time during which a caller is the running thread.</summary>
public readonly struct ThreadScope : IDisposable, IEquatable<ThreadScope>
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

    /// <summary>Whether two scopes are the same.</summary>
    /// <param name="left">One scope.</param>
    /// <param name="right">Another scope.</param>
    public static bool operator ==(ThreadScope left, ThreadScope right) => left.Equals(right);

    /// <summary>Whether two scopes differ.</summary>
    /// <param name="left">One scope.</param>
    /// <param name="right">Another scope.</param>
    public static bool operator !=(ThreadScope left, ThreadScope right) => !left.Equals(right);

    /// <summary>Hands the floor back to the thread that had it.</summary>
    public void Dispose() => _scheduler?.Leave(_thread, _previous);

    /// <inheritdoc/>
    public bool Equals(ThreadScope other) => ReferenceEquals(_thread, other._thread) && ReferenceEquals(_previous, other._previous);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ThreadScope other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_thread, _previous);
}
