namespace Iopf.Kernel;

/// <summary>How a lock is held.</summary>
public enum LockMode
{
    /// <summary>By one thread alone.</summary>
    Exclusive,

    /// <summary>Together with other readers.</summary>
    Shared,
}
