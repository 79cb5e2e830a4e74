namespace Iopf.Kernel;

/// <summary>A lock held until the end of a <c>using</c> block.</summary>
public readonly struct LockScope : IDisposable, IEquatable<LockScope>
{
    private readonly KernelLock? _lock;
    private readonly LockMode _mode;

    internal LockScope(KernelLock @lock, LockMode mode)
    {
        _lock = @lock;
        _mode = mode;
    }

    /// <summary>Whether two scopes stand for the same holding.</summary>
    /// <param name="left">One scope.</param>
    /// <param name="right">Another scope.</param>
    public static bool operator ==(LockScope left, LockScope right) => left.Equals(right);

    /// <summary>Whether two scopes stand for different holdings.</summary>
    /// <param name="left">One scope.</param>
    /// <param name="right">Another scope.</param>
    public static bool operator !=(LockScope left, LockScope right) => !left.Equals(right);

    /// <summary>Releases the lock; a <c>default</c> scope releases nothing.</summary>
    public void Dispose() => _lock?.Drop(_mode);

    /// <inheritdoc/>
    public bool Equals(LockScope other) => ReferenceEquals(_lock, other._lock) && _mode == other._mode;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LockScope other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_lock, _mode);
}
