namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>The bits of CR0.</summary>
[Flags]
public enum SmmuControls
{
    /// <summary>Nothing is enabled: the state after reset.</summary>
    None = 0,

    /// <summary>SMMUEN: transactions are translated.</summary>
    Translation = 1 << 0,

    /// <summary>EVENTQEN: events are recorded.</summary>
    EventQueue = 1 << 2,

    /// <summary>CMDQEN: commands are consumed.</summary>
    CommandQueue = 1 << 3,
}
