namespace Iopf.SmmuLog;

/// <summary>Which fields of an event record carry meaning for its type.</summary>
/// <remarks>Arm IHI 0070, section 7.3.</remarks>
[Flags]
public enum EventFields
{
    /// <summary>Stream, and the substream if SSV says so.</summary>
    None = 0,

    /// <summary>The substream always, whatever SSV says.</summary>
    Substream = 1,

    /// <summary>The address the device issued.</summary>
    InputAddress = 2,

    /// <summary>Read or write.</summary>
    ReadWrite = 4,

    /// <summary>Privileged or not, instruction or data.</summary>
    Attributes = 8,

    /// <summary>Stage 1 or 2.</summary>
    Stage = 16,

    /// <summary>Whose address faulted: that of a CD, of a table, or the input.</summary>
    Class = 32,

    /// <summary>The intermediate physical address, if stage 2 faulted.</summary>
    Ipa = 64,

    /// <summary>Whether the transaction waits, and under which tag.</summary>
    Stall = 128,

    /// <summary>The address of the structure that could not be fetched.</summary>
    FetchAddress = 256,

    /// <summary>What the four translation faults carry.</summary>
    Translation = InputAddress | ReadWrite | Attributes | Stage | Class | Ipa | Stall,
}
