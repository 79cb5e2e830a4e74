namespace Iopf.Machine;

/// <summary>What became of a DMA.</summary>
public enum DmaState
{
    /// <summary>Every byte was moved.</summary>
    Completed,

    /// <summary>A transaction of it ended with an abort on the bus; the rest was not issued.</summary>
    Aborted,

    /// <summary>A transaction of it is held by the SMMU, and nobody has answered yet.</summary>
    Stalled,

    /// <summary>It ended without an error; some of it read zeros or wrote nothing.</summary>
    ReadAsZeroWriteIgnored,
}
