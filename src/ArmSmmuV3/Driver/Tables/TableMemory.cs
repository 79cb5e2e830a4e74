using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>Zeroed, physically contiguous memory that driver and SMMU share.</summary>
/// <remarks>Kernel: <c>dmam_alloc_coherent</c>.</remarks>
internal static class TableMemory
{
    /// <summary>Allocates whole pages.</summary>
    /// <param name="memory">Host memory.</param>
    /// <param name="bytes">The size; rounded up to pages.</param>
    /// <returns>The first byte's physical address, or ENOMEM.</returns>
    internal static Result<ulong> Allocate(PhysicalMemory memory, long bytes)
    {
        int frames = Frames(bytes);
        Result<Pfn> first = frames == 1 ? memory.Allocate(FrameUse.Kernel) : memory.AllocateContiguous(FrameUse.Kernel, frames);
        return first.TryGet(out Pfn frame, out Errno error) ? frame.Address : error;
    }

    /// <summary>Frees what <see cref="Allocate"/> returned.</summary>
    /// <param name="memory">Host memory.</param>
    /// <param name="address">The address it returned.</param>
    /// <param name="bytes">The size it was asked for.</param>
    internal static void Free(PhysicalMemory memory, ulong address, long bytes)
    {
        Pfn first = Pfn.OfAddress(address);
        for (int i = 0; i < Frames(bytes); i++)
        {
            memory.Put(first.Plus((ulong)i));
        }
    }

    private static int Frames(long bytes) => (int)((bytes + (long)Page.OffsetMask) >> Page.Shift);
}
