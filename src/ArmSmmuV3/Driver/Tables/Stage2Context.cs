namespace Iopf.ArmSmmuV3.Driver;

/// <summary>The stage-2 half of a domain, as it appears in the stream table entry.</summary>
/// <remarks>Kernel: <c>struct arm_smmu_s2_cfg</c>.</remarks>
/// <param name="Vmid">The VMID its translations are tagged with.</param>
/// <param name="Vtcr">Table geometry and walk attributes, 19 bits.</param>
/// <param name="TableRoot">The physical address of its first table (S2TTB).</param>
internal sealed record Stage2Context(ushort Vmid, ulong Vtcr, ulong TableRoot)
{
    /// <summary>The geometry of stage-2 tables with a 4 KiB granule, walked with write-back, inner-shareable accesses.</summary>
    /// <param name="inputAddressBits">The width of an intermediate physical address.</param>
    /// <param name="startLevel">The level of the first table: 0, 1 or 2.</param>
    /// <param name="outputAddressBits">The width of a physical address.</param>
    /// <returns>S2T0SZ, S2SL0, S2IR0, S2OR0, S2SH0, S2TG and S2PS in their order.</returns>
    internal static ulong VtcrFor(int inputAddressBits, int startLevel, int outputAddressBits)
    {
        ulong t0Sz = (ulong)(64 - inputAddressBits);
        ulong sl0 = (ulong)(2 - startLevel) << 6;
        const ulong WalkWriteBackInner = 1UL << 8 | 1UL << 10 | 3UL << 12;
        return t0Sz | sl0 | WalkWriteBackInner | (ulong)AddressSizeCode.Of(outputAddressBits) << 16;
    }
}
