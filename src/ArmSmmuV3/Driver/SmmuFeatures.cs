namespace Iopf.ArmSmmuV3.Driver;

/// <summary>What the ID registers of an SMMU say it can do.</summary>
/// <remarks>Kernel: <c>arm_smmu_device_hw_probe</c>. Specification: SMMU_IDR0, IDR1, IDR5.</remarks>
public sealed record SmmuFeatures
{
    /// <summary>Reads the ID registers.</summary>
    /// <param name="idr0">SMMU_IDR0.</param>
    /// <param name="idr1">SMMU_IDR1.</param>
    /// <param name="idr5">SMMU_IDR5.</param>
    public SmmuFeatures(uint idr0, uint idr1, uint idr5)
    {
        Stage2 = Bit(idr0, 0);
        Stage1 = Bit(idr0, 1);
        IsCoherent = Bit(idr0, 4);
        AsidBits = Bit(idr0, 12) ? 16 : 8;
        VmidBits = Bit(idr0, 18) ? 16 : 8;
        HasTwoLevelContextTables = Bit(idr0, 19);
        CanStall = Field(idr0, 24, 2) is 0 or 2;
        StallsAlways = Field(idr0, 24, 2) == 2;
        HasTwoLevelStreamTable = Field(idr0, 27, 2) == 1;

        StreamIdBits = Field(idr1, 0, 6);
        SsidBits = Field(idr1, 6, 5);
        EventQueueShift = Field(idr1, 16, 5);
        CommandQueueShift = Field(idr1, 21, 5);

        OutputAddressBits = AddressSizeCode.ToBits(Field(idr5, 0, 3));
        Granule4K = Bit(idr5, 4);
    }

    /// <summary>Whether stage 1 exists.</summary>
    public bool Stage1 { get; }

    /// <summary>Whether stage 2 exists.</summary>
    public bool Stage2 { get; }

    /// <summary>Whether the SMMU's own accesses are coherent with the CPUs' caches.</summary>
    public bool IsCoherent { get; }

    /// <summary>The width of an ASID: 8 or 16.</summary>
    public int AsidBits { get; }

    /// <summary>The width of a VMID: 8 or 16.</summary>
    public int VmidBits { get; }

    /// <summary>Whether context descriptor tables may have two levels.</summary>
    public bool HasTwoLevelContextTables { get; }

    /// <summary>Whether the stream table may have two levels.</summary>
    public bool HasTwoLevelStreamTable { get; }

    /// <summary>Whether faulting transactions may stall.</summary>
    public bool CanStall { get; }

    /// <summary>Whether faulting transactions stall whether or not the device tolerates it (stall model "forced").</summary>
    public bool StallsAlways { get; }

    /// <summary>The width of a stream ID.</summary>
    public int StreamIdBits { get; }

    /// <summary>The width of a substream ID; 0 for none.</summary>
    public int SsidBits { get; }

    /// <summary>log2 of the most records the event queue can have.</summary>
    public int EventQueueShift { get; }

    /// <summary>log2 of the most commands the command queue can have.</summary>
    public int CommandQueueShift { get; }

    /// <summary>The width of a physical address.</summary>
    public int OutputAddressBits { get; }

    /// <summary>The width of an intermediate physical address: as wide as a physical one.</summary>
    public int InputAddressBits => OutputAddressBits;

    /// <summary>Whether translation tables may have 4 KiB granules.</summary>
    public bool Granule4K { get; }

    /// <summary>Whether processes' address spaces can be shared with devices.</summary>
    /// <remarks>Kernel: <c>arm_smmu_sva_supported</c>, <c>ARM_SMMU_FEAT_SVA</c>.</remarks>
    public bool Sva => Stage1 && IsCoherent;

    private static bool Bit(uint register, int position) => (register >> position & 1) != 0;

    private static int Field(uint register, int position, int width) => (int)(register >> position & ((1u << width) - 1));
}
