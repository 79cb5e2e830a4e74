namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>What became of a transaction.</summary>
public enum DmaOutcome
{
    /// <summary>Translated: it goes to the physical address.</summary>
    Completed,

    /// <summary>Ended with an abort on the bus.</summary>
    Aborted,

    /// <summary>Waits in the SMMU; the bus master hears how it ends.</summary>
    Stalled,

    /// <summary>Ended without an error and without data: a read returns zero, a write is ignored.</summary>
    ReadAsZeroWriteIgnored,
}
