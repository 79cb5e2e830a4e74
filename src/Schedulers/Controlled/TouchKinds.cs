namespace Iopf.Schedulers;

/// <summary>What a thread does to something that others notice.</summary>
[Flags]
public enum TouchKinds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Looks at it.</summary>
    Reads = 1,

    /// <summary>Changes it.</summary>
    Writes = 2,

    /// <summary>Takes it alone: a lock, or the wake-up that it slept for.</summary>
    Takes = 4,

    /// <summary>Takes it together with others.</summary>
    TakesShared = 8,

    /// <summary>Gives it back, or wakes whoever sleeps for it.</summary>
    Gives = 16,

    /// <summary>Gives it back; others may still have it.</summary>
    GivesShared = 32,
}
