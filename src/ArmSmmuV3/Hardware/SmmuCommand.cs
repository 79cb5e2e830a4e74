namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>One command of the command queue: 16 bytes as two words.</summary>
/// <remarks>
/// Arm IHI 0070, section 4. Kernel: <c>arm_smmu_cmdq_build_cmd</c> builds the same words. <c>default</c> is an illegal command.
/// </remarks>
/// <param name="Word0">Opcode and tags.</param>
/// <param name="Word1">Address, stall tag or range.</param>
public readonly record struct SmmuCommand(ulong Word0, ulong Word1)
{
    /// <summary>The size of a command in bytes.</summary>
    public const int SizeBytes = 16;

    /// <summary>The value of <see cref="Range"/> with which CFGI_STE_RANGE means every stream.</summary>
    public const int RangeOfAllStreams = 31;

    private const ulong LeafBit = 1;
    private const ulong RetryBit = 1 << 12;
    private const ulong SecureBit = 1 << 10;

    /// <summary>What to do.</summary>
    public SmmuOpcode Opcode => (SmmuOpcode)(byte)Word0;

    /// <summary>The stream of a CFGI or stall command.</summary>
    public uint StreamId => (uint)(Word0 >> 32);

    /// <summary>The substream of CFGI_CD.</summary>
    public uint SubstreamId => (uint)(Word0 >> 12) & 0xf_ffff;

    /// <summary>The VMID of a TLBI command.</summary>
    public ushort Vmid => (ushort)(Word0 >> 32);

    /// <summary>The ASID of a TLBI command.</summary>
    public ushort Asid => (ushort)(Word0 >> 48);

    /// <summary>The address of a TLBI command, page aligned.</summary>
    public ulong Address => Word1 & ~0xfffUL;

    /// <summary>CFGI_STE_RANGE covers the 2^(Range+1) streams around its stream.</summary>
    public int Range => (int)(Word1 & 0x1f);

    /// <summary>The tag of the stalled transaction CMD_RESUME speaks of.</summary>
    public ushort StallTag => (ushort)Word1;

    /// <summary>What CMD_RESUME does: with Ac (12) it retries, whatever Ab (13) says.</summary>
    public ResumeAction Action => (Word0 & RetryBit) != 0 ? ResumeAction.Retry : (ResumeAction)((int)(Word0 >> 12) & 2);

    /// <summary>SSec: whether a command about a stream means a secure one. It is the same bit in all of them.</summary>
    public bool IsSecure => (Word0 & SecureBit) != 0;

    /// <summary>How CMD_SYNC announces its completion.</summary>
    public SyncSignal Signal => (SyncSignal)((Word0 >> 12) & 3);

    /// <summary>Hint to fetch a stream's configuration.</summary>
    /// <param name="streamId">The stream.</param>
    /// <returns>The command.</returns>
    public static SmmuCommand PrefetchConfig(uint streamId) => new(Head(SmmuOpcode.PREFETCH_CONFIG) | ((ulong)streamId << 32), 0);

    /// <summary>Forget one STE and the CDs under it.</summary>
    /// <param name="streamId">The stream.</param>
    /// <param name="leaf">Whether upper-level descriptors stay cached.</param>
    /// <returns>The command.</returns>
    public static SmmuCommand CfgiSte(uint streamId, bool leaf = true) =>
        new(Head(SmmuOpcode.CFGI_STE) | ((ulong)streamId << 32), leaf ? LeafBit : 0);

    /// <summary>Forget the 2^(<paramref name="range"/>+1) STEs around a stream.</summary>
    /// <param name="streamId">A stream of the range.</param>
    /// <param name="range">0 to 31; 31 means all streams.</param>
    /// <returns>The command.</returns>
    public static SmmuCommand CfgiSteRange(uint streamId, int range) =>
        new(Head(SmmuOpcode.CFGI_STE_RANGE) | ((ulong)streamId << 32), (ulong)range & 0x1f);

    /// <summary>Forget every cached configuration.</summary>
    /// <returns>The command.</returns>
    public static SmmuCommand CfgiAll() => CfgiSteRange(0, RangeOfAllStreams);

    /// <summary>Forget one CD.</summary>
    /// <param name="streamId">The stream.</param>
    /// <param name="substreamId">The substream; 0 for the CD of traffic without one.</param>
    /// <param name="leaf">Whether upper-level descriptors stay cached.</param>
    /// <returns>The command.</returns>
    public static SmmuCommand CfgiCd(uint streamId, uint substreamId, bool leaf = true) =>
        new(Head(SmmuOpcode.CFGI_CD) | ((ulong)(substreamId & 0xf_ffff) << 12) | ((ulong)streamId << 32), leaf ? LeafBit : 0);

    /// <summary>Forget all CDs of a stream.</summary>
    /// <param name="streamId">The stream.</param>
    /// <returns>The command.</returns>
    public static SmmuCommand CfgiCdAll(uint streamId) => new(Head(SmmuOpcode.CFGI_CD_ALL) | ((ulong)streamId << 32), 0);

    /// <summary>Forget all stage-1 translations of a VMID.</summary>
    /// <param name="vmid">The VMID.</param>
    /// <returns>The command.</returns>
    public static SmmuCommand TlbiNhAll(ushort vmid = 0) => new(Head(SmmuOpcode.TLBI_NH_ALL) | ((ulong)vmid << 32), 0);

    /// <summary>Forget the non-global stage-1 translations of an ASID.</summary>
    /// <param name="asid">The ASID.</param>
    /// <param name="vmid">The VMID.</param>
    /// <returns>The command.</returns>
    public static SmmuCommand TlbiNhAsid(ushort asid, ushort vmid = 0) => new(Head(SmmuOpcode.TLBI_NH_ASID) | Tags(vmid, asid), 0);

    /// <summary>Forget the stage-1 translation of one address.</summary>
    /// <param name="asid">The ASID.</param>
    /// <param name="address">The address; its page offset is dropped.</param>
    /// <param name="leaf">Whether upper levels stay cached.</param>
    /// <param name="vmid">The VMID.</param>
    /// <returns>The command.</returns>
    public static SmmuCommand TlbiNhVa(ushort asid, ulong address, bool leaf = true, ushort vmid = 0) =>
        new(Head(SmmuOpcode.TLBI_NH_VA) | Tags(vmid, asid), At(address, leaf));

    /// <summary>Forget the stage-1 translations of one address, whatever the ASID.</summary>
    /// <param name="address">The address; its page offset is dropped.</param>
    /// <param name="leaf">Whether upper levels stay cached.</param>
    /// <param name="vmid">The VMID.</param>
    /// <returns>The command.</returns>
    public static SmmuCommand TlbiNhVaa(ulong address, bool leaf = true, ushort vmid = 0) =>
        new(Head(SmmuOpcode.TLBI_NH_VAA) | Tags(vmid, 0), At(address, leaf));

    /// <summary>Forget all translations of a VMID, both stages.</summary>
    /// <param name="vmid">The VMID.</param>
    /// <returns>The command.</returns>
    public static SmmuCommand TlbiS12VmAll(ushort vmid) => new(Head(SmmuOpcode.TLBI_S12_VMALL) | Tags(vmid, 0), 0);

    /// <summary>Forget the stage-2 translation of one IPA.</summary>
    /// <param name="vmid">The VMID.</param>
    /// <param name="ipa">The IPA; its page offset is dropped.</param>
    /// <param name="leaf">Whether upper levels stay cached.</param>
    /// <returns>The command.</returns>
    public static SmmuCommand TlbiS2Ipa(ushort vmid, ulong ipa, bool leaf = true) =>
        new(Head(SmmuOpcode.TLBI_S2_IPA) | Tags(vmid, 0), At(ipa, leaf));

    /// <summary>Forget all non-hypervisor translations.</summary>
    /// <returns>The command.</returns>
    public static SmmuCommand TlbiNsnhAll() => new(Head(SmmuOpcode.TLBI_NSNH_ALL), 0);

    /// <summary>End a stall.</summary>
    /// <param name="streamId">The stream of the stalled transaction.</param>
    /// <param name="stallTag">Its tag, from the event record.</param>
    /// <param name="action">How it ends.</param>
    /// <returns>The command.</returns>
    public static SmmuCommand Resume(uint streamId, ushort stallTag, ResumeAction action) =>
        new(Head(SmmuOpcode.RESUME) | ((ulong)action << 12) | ((ulong)streamId << 32), stallTag);

    /// <summary>Abort all stalled transactions of a stream.</summary>
    /// <param name="streamId">The stream.</param>
    /// <returns>The command.</returns>
    public static SmmuCommand StallTerm(uint streamId) => new(Head(SmmuOpcode.STALL_TERM) | ((ulong)streamId << 32), 0);

    /// <summary>Complete when all earlier commands have taken effect.</summary>
    /// <param name="signal">How to announce it besides the consumer index.</param>
    /// <returns>The command.</returns>
    public static SmmuCommand Sync(SyncSignal signal = SyncSignal.None) => new(Head(SmmuOpcode.SYNC) | ((ulong)signal << 12), 0);

    /// <summary>The command by its specification name, with the fields that mean something for it.</summary>
    /// <returns>For example <c>CMD_RESUME sid 0x10 stag 0x2 Retry</c>.</returns>
    public override string ToString() => $"CMD_{Opcode}" + Opcode switch
    {
        SmmuOpcode.PREFETCH_CONFIG or SmmuOpcode.PREFETCH_ADDR or SmmuOpcode.CFGI_CD_ALL or SmmuOpcode.STALL_TERM => $" sid 0x{StreamId:x}",
        SmmuOpcode.CFGI_STE => $" sid 0x{StreamId:x}{Leaf}",
        SmmuOpcode.CFGI_STE_RANGE when Range == RangeOfAllStreams => " all streams",
        SmmuOpcode.CFGI_STE_RANGE => $" sid 0x{StreamId:x} range {Range}",
        SmmuOpcode.CFGI_CD => $" sid 0x{StreamId:x} ssid 0x{SubstreamId:x}{Leaf}",
        SmmuOpcode.TLBI_NH_ALL or SmmuOpcode.TLBI_S12_VMALL => $" vmid {Vmid}",
        SmmuOpcode.TLBI_NH_ASID => $"{GuestVmid} asid {Asid}",
        SmmuOpcode.TLBI_NH_VA => $"{GuestVmid} asid {Asid} 0x{Address:x}{Leaf}",
        SmmuOpcode.TLBI_NH_VAA or SmmuOpcode.TLBI_S2_IPA => $" vmid {Vmid} 0x{Address:x}{Leaf}",
        SmmuOpcode.RESUME => $" sid 0x{StreamId:x} stag 0x{StallTag:x} {Action}",
        _ => "",
    };

    // Stage 1 without stage 2 under it has VMID 0, which says nothing.
    private string GuestVmid => Vmid == 0 ? "" : $" vmid {Vmid}";

    private string Leaf => (Word1 & LeafBit) != 0 ? " leaf" : "";

    private static ulong Head(SmmuOpcode opcode) => (ulong)opcode;

    private static ulong Tags(ushort vmid, ushort asid) => ((ulong)vmid << 32) | ((ulong)asid << 48);

    private static ulong At(ulong address, bool leaf) => (address & ~0xfffUL) | (leaf ? LeafBit : 0);
}
