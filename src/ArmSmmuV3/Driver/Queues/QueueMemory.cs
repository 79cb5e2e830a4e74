using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>Where a queue lies and how long it is.</summary>
/// <remarks>Kernel: <c>arm_smmu_init_one_queue</c>.</remarks>
/// <param name="Address">The physical address of slot 0.</param>
/// <param name="Shift">log2 of the number of slots.</param>
internal readonly record struct QueueMemory(ulong Address, int Shift)
{
    /// <summary>The value of the queue's BASE register: address, length and the allocation hint.</summary>
    internal ulong BaseRegister => Address | (uint)Shift | 1UL << 62;

    /// <summary>Allocates a queue as long as the SMMU allows, but of one page at most.</summary>
    /// <param name="memory">Host memory.</param>
    /// <param name="shiftMax">log2 of the most slots the SMMU can have.</param>
    /// <param name="entryShift">log2 of a slot's size in bytes.</param>
    /// <returns>The queue, or ENOMEM.</returns>
    internal static Result<QueueMemory> Allocate(PhysicalMemory memory, int shiftMax, int entryShift)
    {
        int shift = Math.Min(shiftMax, Page.Shift - entryShift);
        return TableMemory.Allocate(memory, 1L << (shift + entryShift)).TryGet(out ulong address, out Errno error)
            ? new QueueMemory(address, shift)
            : error;
    }
}
