namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>Arithmetic on the producer and consumer indices of a circular queue, wrap bit above the index.</summary>
/// <remarks>Arm IHI 0070, section 3.5.1. Bits above the wrap bit carry flags and are ignored here.</remarks>
/// <param name="sizeLog2">log2 of the number of slots.</param>
public readonly struct QueueIndex(int sizeLog2)
{
    private readonly uint _slotMask = (1u << sizeLog2) - 1;
    private readonly uint _wrapBit = 1u << sizeLog2;

    /// <summary>Where the slot lies in the queue's memory, counted in slots.</summary>
    /// <param name="index">An index.</param>
    /// <returns>The slot.</returns>
    public uint SlotOf(uint index) => index & _slotMask;

    /// <summary>The index after this one, the flags kept.</summary>
    /// <param name="index">An index.</param>
    /// <returns>The next index.</returns>
    public uint Next(uint index)
    {
        uint mask = _slotMask | _wrapBit;
        return (index & ~mask) | ((index + 1) & mask);
    }

    /// <summary>How many entries lie between the indices; more than the queue has slots if they do not belong together.</summary>
    /// <param name="producer">Where the next entry is written.</param>
    /// <param name="consumer">Where the next entry is read.</param>
    /// <returns>The count.</returns>
    public uint Count(uint producer, uint consumer) => (producer - consumer) & (_slotMask | _wrapBit);

    /// <summary>Whether nothing lies between the indices.</summary>
    /// <param name="producer">Where the next entry is written.</param>
    /// <param name="consumer">Where the next entry is read.</param>
    /// <returns>Whether the queue is empty.</returns>
    public bool IsEmpty(uint producer, uint consumer) => ((producer ^ consumer) & (_slotMask | _wrapBit)) == 0;

    /// <summary>Whether every slot is taken.</summary>
    /// <param name="producer">Where the next entry is written.</param>
    /// <param name="consumer">Where the next entry is read.</param>
    /// <returns>Whether the queue is full.</returns>
    public bool IsFull(uint producer, uint consumer) => ((producer ^ consumer) & (_slotMask | _wrapBit)) == _wrapBit;
}
