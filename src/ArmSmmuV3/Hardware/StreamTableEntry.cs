using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>A stream table entry (STE): how the traffic of one stream is translated.</summary>
/// <remarks>Arm IHI 0070, section 5.2. Words 4 to 7 are zero and not kept. <c>default</c> is an invalid STE.</remarks>
public readonly record struct StreamTableEntry
{
    /// <summary>The size in bytes: eight words.</summary>
    public const int SizeBytes = 64;

    private static readonly BitField IsValidBits = new(0, 0);
    private static readonly BitField ConfigBits = new(3, 1);
    private static readonly BitField S1FmtBits = new(5, 4);
    private static readonly BitField S1ContextPtrBits = new(51, 6);
    private static readonly BitField S1CDMaxBits = new(63, 59);
    private static readonly BitField S1DSSBits = new(1, 0);
    private static readonly BitField MEVBits = new(19, 19);
    private static readonly BitField S1STALLDBits = new(27, 27);
    private static readonly BitField STRWBits = new(31, 30);
    private static readonly BitField PRIVCFGBits = new(49, 48);
    private static readonly BitField INSTCFGBits = new(51, 50);
    private static readonly BitField S2VMIDBits = new(15, 0);
    private static readonly BitField S2T0SZBits = new(37, 32);
    private static readonly BitField S2SL0Bits = new(39, 38);
    private static readonly BitField S2TGBits = new(47, 46);
    private static readonly BitField S2PSBits = new(50, 48);
    private static readonly BitField S2VtcrBits = new(50, 32);
    private static readonly BitField S2AA64Bits = new(51, 51);
    private static readonly BitField S2ENDIBits = new(52, 52);
    private static readonly BitField S2AFFDBits = new(53, 53);
    private static readonly BitField S2PTWBits = new(54, 54);
    private static readonly BitField S2HTTUBits = new(56, 55);
    private static readonly BitField S2SBits = new(57, 57);
    private static readonly BitField S2RBits = new(58, 58);
    private static readonly BitField S2TTBBits = new(51, 4);

    /// <summary>Word 0 as it stands in memory.</summary>
    public ulong Word0 { get; init; }

    /// <summary>Word 1 as it stands in memory.</summary>
    public ulong Word1 { get; init; }

    /// <summary>Word 2 as it stands in memory.</summary>
    public ulong Word2 { get; init; }

    /// <summary>Word 3 as it stands in memory.</summary>
    public ulong Word3 { get; init; }

    /// <summary>V: whether the STE may be used.</summary>
    public bool IsValid
    {
        get => IsValidBits.Of(Word0) != 0;
        init => Word0 = IsValidBits.Put(Word0, value ? 1UL : 0);
    }

    /// <summary>Config: which stages translate.</summary>
    public StreamConfig Config
    {
        get => (StreamConfig)ConfigBits.Of(Word0);
        init => Word0 = ConfigBits.Put(Word0, (ulong)value);
    }

    /// <summary>S1Fmt: 0 a linear CD table, 1 two levels with 4 KiB leaves, 2 two levels with 64 KiB leaves.</summary>
    public int S1Fmt
    {
        get => (int)S1FmtBits.Of(Word0);
        init => Word0 = S1FmtBits.Put(Word0, (ulong)value);
    }

    /// <summary>S1ContextPtr: address of the CD or of the CD table; an IPA if stage 2 translates too.</summary>
    public ulong S1ContextPtr
    {
        get => S1ContextPtrBits.InPlace(Word0);
        init => Word0 = S1ContextPtrBits.PutInPlace(Word0, value);
    }

    /// <summary>S1CDMax: log2 of the number of CDs; 0 = no substreams.</summary>
    public int S1CDMax
    {
        get => (int)S1CDMaxBits.Of(Word0);
        init => Word0 = S1CDMaxBits.Put(Word0, (ulong)value);
    }

    /// <summary>S1DSS: traffic without a substream is 0 terminated, 1 bypasses stage 1, 2 uses CD 0. Ignored if S1CDMax is 0.</summary>
    public int S1DSS
    {
        get => (int)S1DSSBits.Of(Word1);
        init => Word1 = S1DSSBits.Put(Word1, (ulong)value);
    }

    /// <summary>MEV: whether identical records of terminated faults may be merged into one.</summary>
    public bool MEV
    {
        get => MEVBits.Of(Word1) != 0;
        init => Word1 = MEVBits.Put(Word1, value ? 1UL : 0);
    }

    /// <summary>S1STALLD: whether stage-1 faults may not stall.</summary>
    public bool S1STALLD
    {
        get => S1STALLDBits.Of(Word1) != 0;
        init => Word1 = S1STALLDBits.Put(Word1, value ? 1UL : 0);
    }

    /// <summary>STRW: the translation regime; only 0 (EL1) exists here.</summary>
    public int STRW
    {
        get => (int)STRWBits.Of(Word1);
        init => Word1 = STRWBits.Put(Word1, (ulong)value);
    }

    /// <summary>PRIVCFG: 0 the transaction says whether it is privileged, 2 unprivileged, 3 privileged.</summary>
    public int PRIVCFG
    {
        get => (int)PRIVCFGBits.Of(Word1);
        init => Word1 = PRIVCFGBits.Put(Word1, (ulong)value);
    }

    /// <summary>INSTCFG: 0 the transaction says whether it fetches instructions, 2 data, 3 instructions.</summary>
    public int INSTCFG
    {
        get => (int)INSTCFGBits.Of(Word1);
        init => Word1 = INSTCFGBits.Put(Word1, (ulong)value);
    }

    /// <summary>S2VMID: tags TLB entries of both stages.</summary>
    public ushort S2VMID
    {
        get => (ushort)S2VMIDBits.Of(Word2);
        init => Word2 = S2VMIDBits.Put(Word2, (ulong)value);
    }

    /// <summary>S2T0SZ: 64 minus the width of an IPA.</summary>
    public int S2T0SZ
    {
        get => (int)S2T0SZBits.Of(Word2);
        init => Word2 = S2T0SZBits.Put(Word2, (ulong)value);
    }

    /// <summary>S2SL0: the level a walk starts at: 0 level 2, 1 level 1, 2 level 0.</summary>
    public int S2SL0
    {
        get => (int)S2SL0Bits.Of(Word2);
        init => Word2 = S2SL0Bits.Put(Word2, (ulong)value);
    }

    /// <summary>S2TG: the granule; only 0 (4 KiB) exists here.</summary>
    public int S2TG
    {
        get => (int)S2TGBits.Of(Word2);
        init => Word2 = S2TGBits.Put(Word2, (ulong)value);
    }

    /// <summary>S2PS: the width of an output address: 0 to 5 = 32, 36, 40, 42, 44, 48 bits.</summary>
    public int S2PS
    {
        get => (int)S2PSBits.Of(Word2);
        init => Word2 = S2PSBits.Put(Word2, (ulong)value);
    }

    /// <summary>S2T0SZ to S2PS in one piece, as a driver computes it (VTCR).</summary>
    public ulong S2Vtcr
    {
        get => S2VtcrBits.Of(Word2);
        init => Word2 = S2VtcrBits.Put(Word2, value);
    }

    /// <summary>S2AA64: the tables hold AArch64 descriptors; must be set.</summary>
    public bool S2AA64
    {
        get => S2AA64Bits.Of(Word2) != 0;
        init => Word2 = S2AA64Bits.Put(Word2, value ? 1UL : 0);
    }

    /// <summary>S2ENDI: whether the tables are big endian; must be clear.</summary>
    public bool S2ENDI
    {
        get => S2ENDIBits.Of(Word2) != 0;
        init => Word2 = S2ENDIBits.Put(Word2, value ? 1UL : 0);
    }

    /// <summary>S2AFFD: whether a clear access flag is no fault.</summary>
    public bool S2AFFD
    {
        get => S2AFFDBits.Of(Word2) != 0;
        init => Word2 = S2AFFDBits.Put(Word2, value ? 1UL : 0);
    }

    /// <summary>S2PTW: whether stage-1 tables and CDs in device memory are a permission fault.</summary>
    public bool S2PTW
    {
        get => S2PTWBits.Of(Word2) != 0;
        init => Word2 = S2PTWBits.Put(Word2, value ? 1UL : 0);
    }

    /// <summary>S2HD (55) and S2HA (56): hardware update of dirty state and access flag; must be clear (IDR0.HTTU).</summary>
    public int S2HTTU
    {
        get => (int)S2HTTUBits.Of(Word2);
        init => Word2 = S2HTTUBits.Put(Word2, (ulong)value);
    }

    /// <summary>S2S: whether stage-2 faults stall.</summary>
    public bool S2S
    {
        get => S2SBits.Of(Word2) != 0;
        init => Word2 = S2SBits.Put(Word2, value ? 1UL : 0);
    }

    /// <summary>S2R: whether terminated stage-2 faults are recorded.</summary>
    public bool S2R
    {
        get => S2RBits.Of(Word2) != 0;
        init => Word2 = S2RBits.Put(Word2, value ? 1UL : 0);
    }

    /// <summary>S2TTB: address of the stage-2 table.</summary>
    public ulong S2TTB
    {
        get => S2TTBBits.InPlace(Word3);
        init => Word3 = S2TTBBits.PutInPlace(Word3, value);
    }

    /// <summary>Reads one from memory.</summary>
    /// <param name="memory">Host memory.</param>
    /// <param name="address">Its physical address; a multiple of 64.</param>
    /// <returns>The STE.</returns>
    public static StreamTableEntry Read(PhysicalMemory memory, ulong address)
    {
        ArgumentNullException.ThrowIfNull(memory);
        return new()
        {
            Word0 = memory.ReadWord(address),
            Word1 = memory.ReadWord(address + 8),
            Word2 = memory.ReadWord(address + 16),
            Word3 = memory.ReadWord(address + 24),
        };
    }

    /// <summary>Writes it to memory, word 0 last so that it becomes valid when it is complete.</summary>
    /// <param name="memory">Host memory.</param>
    /// <param name="address">Its physical address; a multiple of 64.</param>
    public void Write(PhysicalMemory memory, ulong address)
    {
        ArgumentNullException.ThrowIfNull(memory);
        memory.WriteWord(address + 8, Word1);
        memory.WriteWord(address + 16, Word2);
        memory.WriteWord(address + 24, Word3);
        memory.WriteWord(address, Word0);
    }
}
