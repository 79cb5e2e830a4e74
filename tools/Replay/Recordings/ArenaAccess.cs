namespace Iopf.Replay;

/// <summary>What user space may do in a part of the arena.</summary>
public enum ArenaAccess
{
    /// <summary>Nothing is mapped there: a hole.</summary>
    None,

    /// <summary>Reading only.</summary>
    Read,

    /// <summary>Reading and writing.</summary>
    ReadWrite,
}
