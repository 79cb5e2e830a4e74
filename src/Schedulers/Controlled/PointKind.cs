namespace Iopf.Schedulers;

/// <summary>What a controlled thread is about to do.</summary>
public enum PointKind
{
    /// <summary>To begin, or to go on after something that others do not notice.</summary>
    None,

    /// <summary>To take a lock for itself.</summary>
    Lock,

    /// <summary>To take a lock together with others.</summary>
    LockShared,

    /// <summary>To go on after it let go of a lock.</summary>
    Unlock,

    /// <summary>To sleep until a condition holds.</summary>
    Wait,

    /// <summary>To do a step of the trace, or to access something that others change without a lock.</summary>
    Step,
}
