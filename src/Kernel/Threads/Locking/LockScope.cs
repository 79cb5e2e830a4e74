namespace Iopf.Kernel;

/// <summary>A lock held until the end of a <c>using</c> block.</summary>
public readonly record struct LockScope : IDisposable
{
    private readonly KernelLock? _lock;
    private readonly LockMode _mode;

    internal LockScope(KernelLock @lock, LockMode mode)
    {
        _lock = @lock;
        _mode = mode;
    }

    /// <summary>Releases the lock; a <c>default</c> scope releases nothing.</summary>
    public void Dispose() => _lock?.Drop(_mode);
}
