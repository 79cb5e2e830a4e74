namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>The six kinds of access a translation can grant; a transaction is exactly one of them.</summary>
[Flags]
internal enum AccessRights
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Unprivileged read.</summary>
    Read = 1,

    /// <summary>Unprivileged write.</summary>
    Write = 2,

    /// <summary>Unprivileged instruction fetch.</summary>
    Execute = 4,

    /// <summary>Privileged read.</summary>
    PrivilegedRead = 8,

    /// <summary>Privileged write.</summary>
    PrivilegedWrite = 16,

    /// <summary>Privileged instruction fetch.</summary>
    PrivilegedExecute = 32,

    /// <summary>Both instruction fetches.</summary>
    AnyExecute = Execute | PrivilegedExecute,

    /// <summary>All three privileged accesses.</summary>
    AnyPrivileged = PrivilegedRead | PrivilegedWrite | PrivilegedExecute,

    /// <summary>Everything.</summary>
    All = 63,
}
