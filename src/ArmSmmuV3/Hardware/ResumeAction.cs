namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>What CMD_RESUME does with a stalled transaction: bits 13:12 of its word 0.</summary>
public enum ResumeAction
{
    /// <summary>Ends it without an error: a read returns zero, a write is ignored.</summary>
    Terminate = 0,

    /// <summary>Translates it again from scratch.</summary>
    Retry = 1,

    /// <summary>Ends it with an abort.</summary>
    Abort = 2,
}
