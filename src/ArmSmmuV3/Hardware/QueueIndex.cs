namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>Arithmetic on the producer and consumer indices of a circular queue, wrap bit above the index.</summary>
/// <remarks>Arm IHI 0070, section 3.5.1. Bits above the wrap bit carry flags and are ignored here.</remarks>
/// <param name="sizeLog2">log2 of the number of slots.</param>
internal readonly struct QueueIndex(int sizeLog2)
{
    private readonly uint _slotMask = (1u << sizeLog2) - 1;
    private readonly uint _wrapBit = 1u << sizeLog2;

    /// <summary>Where the slot lies in the queue's memory, counted in slots.</summary>
    public uint SlotOf(uint index) => index & _slotMask;

    /// <summary>The index after this one, the flags kept.</summary>
    public uint Next(uint index)
    {
        uint mask = _slotMask | _wrapBit;
        return (index & ~mask) | ((index + 1) & mask);
    }

    /// <summary>Whether nothing lies between the indices.</summary>
    public bool IsEmpty(uint producer, uint consumer) => ((producer ^ consumer) & (_slotMask | _wrapBit)) == 0;

    /// <summary>Whether every slot is taken.</summary>
    public bool IsFull(uint producer, uint consumer) => ((producer ^ consumer) & (_slotMask | _wrapBit)) == _wrapBit;
}
