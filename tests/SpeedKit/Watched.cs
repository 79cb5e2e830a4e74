namespace Iopf.SpeedKit;

/// <summary>What watches the model while it is measured.</summary>
public enum Watched
{
    /// <summary>Nothing.</summary>
    Off,

    /// <summary>The full trace, by a follower that is shown every step and drops it unread.</summary>
    Trace,

    /// <summary>The full trace, by a listener that is handed every step with its text and drops it.</summary>
    Texts,

    /// <summary>The checkers that observe every fault, answer, write, lock and sleep; those that look at the whole state rest.</summary>
    Checks,
}
