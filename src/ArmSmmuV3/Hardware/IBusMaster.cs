namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>A device's side of a stalled transaction: how it ends.</summary>
/// <remarks>
/// Called while the SMMU consumes a CMD_RESUME or CMD_STALL_TERM, hence from inside the driver's write of CMDQ_PROD and under whatever
/// locks the driver holds there: the master must not wait. It may start new transactions.
/// </remarks>
public interface IBusMaster
{
    /// <summary>The transaction goes on.</summary>
    /// <param name="transaction">The number the master gave it.</param>
    /// <param name="physicalAddress">Where it goes, to the byte; 0 = nowhere: a read returns zero, a write is ignored.</param>
    void Completed(int transaction, ulong physicalAddress);

    /// <summary>The transaction ended with an abort on the bus.</summary>
    /// <param name="transaction">The number the master gave it.</param>
    void Aborted(int transaction);
}
