namespace Iopf.ArmSmmuV3.Driver;

/// <summary>The arithmetic of a ring whose indices carry a wrap bit above the position and an overflow flag in bit 31.</summary>
/// <remarks>Kernel: <c>Q_IDX</c>, <c>Q_WRP</c>, <c>Q_OVF</c>, <c>queue_empty</c>, <c>queue_full</c>.</remarks>
/// <param name="Shift">log2 of the number of entries.</param>
internal readonly record struct QueueShape(int Shift)
{
    /// <summary>The overflow flag of a producer index, and its acknowledgement in a consumer index.</summary>
    internal const uint OverflowFlag = 1u << 31;

    /// <summary>Position and wrap bit: what changes as entries come and go.</summary>
    private uint CursorMask => (2u << Shift) - 1;

    /// <summary>The slot an index points at.</summary>
    /// <param name="index">An index.</param>
    /// <returns>The slot's number.</returns>
    internal uint Slot(uint index) => index & ((1u << Shift) - 1);

    /// <summary>How many entries lie between two indices.</summary>
    /// <param name="producer">The producer's index.</param>
    /// <param name="consumer">The consumer's index.</param>
    /// <returns>0 to the number of entries.</returns>
    internal uint Count(uint producer, uint consumer) => unchecked(producer - consumer) & CursorMask;

    /// <summary>Whether no slot is free.</summary>
    /// <param name="producer">The producer's index.</param>
    /// <param name="consumer">The consumer's index.</param>
    /// <returns>Whether the queue is full.</returns>
    internal bool IsFull(uint producer, uint consumer) => Count(producer, consumer) == 1u << Shift;

    /// <summary>The index after an index; its overflow flag stays.</summary>
    /// <param name="index">An index.</param>
    /// <returns>The next index.</returns>
    internal uint Next(uint index) => (index & OverflowFlag) | ((index + 1) & CursorMask);
}
