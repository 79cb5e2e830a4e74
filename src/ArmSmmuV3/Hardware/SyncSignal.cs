namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>How CMD_SYNC announces its completion besides the consumer index: CS, bits 13:12 of its word 0.</summary>
public enum SyncSignal
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>By an interrupt (the model raises none: it has no MSI target for the command queue).</summary>
    Interrupt = 1,

    /// <summary>By an event to the CPUs (SEV).</summary>
    Event = 2,

    /// <summary>No such signal: the command is illegal.</summary>
    Reserved = 3,
}
