using Iopf.Kernel;

namespace Iopf.Machine;

/// <summary>A DMA that was left with a transaction in the SMMU.</summary>
/// <param name="access">How it accesses memory.</param>
/// <param name="iova">Its first address.</param>
/// <param name="data">Its bytes: those to be written, or room for those read.</param>
/// <param name="done">How many bytes went before the transaction that waits.</param>
/// <param name="transaction">The number of that transaction.</param>
internal sealed class PendingDma(DmaAccess access, Iova iova, byte[] data, int done, int transaction)
{
    /// <summary>How it accesses memory.</summary>
    public DmaAccess Access { get; } = access;

    /// <summary>Its first address.</summary>
    public Iova Iova { get; } = iova;

    /// <summary>Its bytes.</summary>
    public byte[] Data { get; } = data;

    /// <summary>How many bytes are through.</summary>
    public int Done { get; set; } = done;

    /// <summary>The number of the transaction that waits.</summary>
    public int Transaction { get; set; } = transaction;
}
