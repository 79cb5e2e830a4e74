using Iopf.ArmSmmuV3.Hardware;
using Iopf.Mm;

namespace Iopf.Machine;

/// <summary>Reads event records out of an SMMU's queue in memory, whether or not the driver has consumed them.</summary>
/// <param name="smmu">The SMMU.</param>
/// <param name="memory">Where its queue is.</param>
public sealed class EventTap(SmmuHardware smmu, PhysicalMemory memory)
{
    private const ulong AddressMask = 0x000f_ffff_ffff_ffe0;
    private const ulong SizeMask = 0x1f;
    private const ulong IndexMask = 0xf_ffff;

    /// <summary>Where the next record will go.</summary>
    /// <returns>The producer index with its wrap bit.</returns>
    public ulong Position() => smmu.ReadRegister(SmmuRegister.EVENTQ_PROD) & IndexMask;

    /// <summary>The record that was written at a position.</summary>
    /// <param name="position">A position that <see cref="Position"/> returned.</param>
    /// <returns>The record; <see langword="null"/> if none was written since.</returns>
    public EventRecord? RecordAt(ulong position)
    {
        if (Position() == position)
        {
            return null;
        }

        ulong queue = smmu.ReadRegister(SmmuRegister.EVENTQ_BASE);
        ulong index = position & ((1UL << (int)(queue & SizeMask)) - 1);
        ulong record = (queue & AddressMask) + (index * EventRecord.SizeBytes);
        return new EventRecord(
            memory.ReadWord(record),
            memory.ReadWord(record + 8),
            memory.ReadWord(record + 16),
            memory.ReadWord(record + 24));
    }
}
