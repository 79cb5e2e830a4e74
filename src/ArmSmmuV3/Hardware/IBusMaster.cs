namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>A device's side of a stalled transaction: how it ends.</summary>
/// <remarks>Called while the SMMU consumes a CMD_RESUME. The master may start new transactions from inside a call.</remarks>
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
