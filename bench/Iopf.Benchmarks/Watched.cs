namespace Iopf.Benchmarks;

/// <summary>What watches the model while it is measured.</summary>
public enum Watched
{
    /// <summary>Nothing.</summary>
    Off,

    /// <summary>The full trace, every text built, by a listener that drops it.</summary>
    Trace,

    /// <summary>The checkers that observe every fault, answer, write, lock and sleep; those that look at the whole state rest.</summary>
    Checks,
}
