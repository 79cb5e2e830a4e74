namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>Where a queue lies and how large it is, as its BASE register says: ADDR 51:5 and LOG2SIZE 4:0.</summary>
/// <remarks>
/// Arm IHI 0070, sections 3.4.3 and 6.3: the address is cut to the output width and aligned to the queue's size, the size to what
/// IDR1 allows.
/// </remarks>
internal readonly struct QueuePlace
{
    private static readonly BitField BaseAddress = new(51, 5);

    /// <summary>Reads a BASE register.</summary>
    /// <param name="register">Its value.</param>
    /// <param name="sizeLog2Max">log2 of the largest queue.</param>
    /// <param name="entryLog2">log2 of the bytes of an entry.</param>
    /// <param name="outputBits">The width of a physical address.</param>
    public QueuePlace(ulong register, int sizeLog2Max, int entryLog2, int outputBits)
    {
        int sizeLog2 = Math.Min((int)(register & 0x1f), sizeLog2Max);
        Index = new QueueIndex(sizeLog2);
        Address = BaseAddress.InPlace(register) & ~(ulong.MaxValue << outputBits) & (ulong.MaxValue << (sizeLog2 + entryLog2));
    }

    /// <summary>The arithmetic of its indices.</summary>
    public QueueIndex Index { get; }

    /// <summary>The physical address of its first entry.</summary>
    public ulong Address { get; }
}
