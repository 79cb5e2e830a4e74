using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>Some neighbouring bits of a 64-bit word.</summary>
/// <param name="high">The most significant bit.</param>
/// <param name="low">The least significant bit.</param>
internal readonly struct BitField(int high, int low)
{
    private readonly int _low = low;
    private readonly ulong _mask = ulong.MaxValue >> (63 - (high - low));

    /// <summary>The bits, shifted down.</summary>
    public ulong Of(ulong word) => (word >> _low) & _mask;

    /// <summary>The bits where they are: for addresses.</summary>
    public ulong InPlace(ulong word) => word & (_mask << _low);

    /// <summary>The word with these bits replaced by a value that fits them.</summary>
    public ulong Put(ulong word, ulong value)
    {
        Invariant.Hold((value & ~_mask) == 0, "a value fits its field");
        return (word & ~(_mask << _low)) | (value << _low);
    }

    /// <summary>The word with these bits replaced by those of an address, which must have no other bit set.</summary>
    public ulong PutInPlace(ulong word, ulong address)
    {
        Invariant.Hold((address & ~(_mask << _low)) == 0, "an address is aligned and fits its field");
        return (word & ~(_mask << _low)) | address;
    }
}
