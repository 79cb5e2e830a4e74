namespace Iopf.ArmSmmuV3.Driver;

/// <summary>What a context descriptor says about one stage-1 address space.</summary>
/// <remarks>Kernel: <c>struct arm_smmu_ctx_desc</c>.</remarks>
/// <param name="Asid">The ASID its translations are tagged with.</param>
/// <param name="TableRoot">The physical address of its first table (TTB0).</param>
/// <param name="Tcr">Table geometry and walk attributes, in the places they have in word 0.</param>
/// <param name="Mair">The eight memory attributes.</param>
/// <param name="IsProcess">Whether the tables are a process's: its ASID takes part in the CPUs' broadcast invalidations.</param>
internal readonly record struct ContextDescription(ushort Asid, ulong TableRoot, ulong Tcr, ulong Mair, bool IsProcess)
{
    /// <summary>The geometry of 48-bit tables with a 4 KiB granule, walked with write-back, inner-shareable accesses; TTB1 unused.</summary>
    /// <param name="outputAddressBits">The width of a physical address.</param>
    /// <returns>The bits of word 0 below the flags.</returns>
    internal static ulong TcrFor(int outputAddressBits)
    {
        const ulong T0Sz = 64 - 48;
        const ulong Irgn0WriteBack = 1UL << 8;
        const ulong Orgn0WriteBack = 1UL << 10;
        const ulong Sh0Inner = 3UL << 12;
        const ulong Epd1 = 1UL << 30;
        return T0Sz | Irgn0WriteBack | Orgn0WriteBack | Sh0Inner | Epd1 | AddressSizeCode(outputAddressBits) << 32;
    }

    /// <summary>The architecture's code for a width of physical addresses.</summary>
    /// <param name="bits">32, 36, 40, 42, 44, 48 or 52.</param>
    /// <returns>0 to 6.</returns>
    internal static ulong AddressSizeCode(int bits) => bits switch { 32 => 0, 36 => 1, 40 => 2, 42 => 3, 44 => 4, 48 => 5, _ => 6 };
}
