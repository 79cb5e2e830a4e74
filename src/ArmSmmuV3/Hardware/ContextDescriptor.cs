using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>A context descriptor (CD): the stage-1 translation of one stream and substream.</summary>
/// <remarks>Arm IHI 0070, section 5.4. Words 4 to 7 are zero and not kept. <c>default</c> is an invalid CD.</remarks>
public readonly record struct ContextDescriptor
{
    /// <summary>The size in bytes: eight words.</summary>
    public const int SizeBytes = 64;

    private static readonly BitField IsValidBits = new(31, 31);
    private static readonly BitField T0SZBits = new(5, 0);
    private static readonly BitField TG0Bits = new(7, 6);
    private static readonly BitField EPD0Bits = new(14, 14);
    private static readonly BitField ENDIBits = new(15, 15);
    private static readonly BitField T1SZBits = new(21, 16);
    private static readonly BitField TG1Bits = new(23, 22);
    private static readonly BitField EPD1Bits = new(30, 30);
    private static readonly BitField IPSBits = new(34, 32);
    private static readonly BitField AFFDBits = new(35, 35);
    private static readonly BitField WXNBits = new(36, 36);
    private static readonly BitField TBI0Bits = new(38, 38);
    private static readonly BitField TBI1Bits = new(39, 39);
    private static readonly BitField PANBits = new(40, 40);
    private static readonly BitField AA64Bits = new(41, 41);
    private static readonly BitField HTTUBits = new(43, 42);
    private static readonly BitField SBits = new(44, 44);
    private static readonly BitField RBits = new(45, 45);
    private static readonly BitField ABits = new(46, 46);
    private static readonly BitField ASETBits = new(47, 47);
    private static readonly BitField ASIDBits = new(63, 48);
    private static readonly BitField TTB0Bits = new(51, 4);
    private static readonly BitField TTB1Bits = new(51, 4);
    private static readonly BitField MAIRBits = new(63, 0);

    /// <summary>Word 0 as it stands in memory.</summary>
    public ulong Word0 { get; init; }

    /// <summary>Word 1 as it stands in memory.</summary>
    public ulong Word1 { get; init; }

    /// <summary>Word 2 as it stands in memory.</summary>
    public ulong Word2 { get; init; }

    /// <summary>Word 3 as it stands in memory.</summary>
    public ulong Word3 { get; init; }

    /// <summary>V: whether the CD may be used.</summary>
    public bool IsValid
    {
        get => IsValidBits.Of(Word0) != 0;
        init => Word0 = IsValidBits.Put(Word0, value ? 1UL : 0);
    }

    /// <summary>T0SZ: 64 minus the width of an address TTB0 translates.</summary>
    public int T0SZ
    {
        get => (int)T0SZBits.Of(Word0);
        init => Word0 = T0SZBits.Put(Word0, (ulong)value);
    }

    /// <summary>TG0: the granule of TTB0; only 0 (4 KiB) exists here.</summary>
    public int TG0
    {
        get => (int)TG0Bits.Of(Word0);
        init => Word0 = TG0Bits.Put(Word0, (ulong)value);
    }

    /// <summary>EPD0: whether TTB0 is off, so that its addresses fault.</summary>
    public bool EPD0
    {
        get => EPD0Bits.Of(Word0) != 0;
        init => Word0 = EPD0Bits.Put(Word0, value ? 1UL : 0);
    }

    /// <summary>ENDI: whether the tables are big endian; must be clear.</summary>
    public bool ENDI
    {
        get => ENDIBits.Of(Word0) != 0;
        init => Word0 = ENDIBits.Put(Word0, value ? 1UL : 0);
    }

    /// <summary>T1SZ: 64 minus the width of an address TTB1 translates.</summary>
    public int T1SZ
    {
        get => (int)T1SZBits.Of(Word0);
        init => Word0 = T1SZBits.Put(Word0, (ulong)value);
    }

    /// <summary>TG1: the granule of TTB1; only 2 (4 KiB) exists here.</summary>
    public int TG1
    {
        get => (int)TG1Bits.Of(Word0);
        init => Word0 = TG1Bits.Put(Word0, (ulong)value);
    }

    /// <summary>EPD1: whether TTB1 is off, so that its addresses fault.</summary>
    public bool EPD1
    {
        get => EPD1Bits.Of(Word0) != 0;
        init => Word0 = EPD1Bits.Put(Word0, value ? 1UL : 0);
    }

    /// <summary>IPS: the width of an output address: 0 to 5 = 32, 36, 40, 42, 44, 48 bits.</summary>
    public int IPS
    {
        get => (int)IPSBits.Of(Word0);
        init => Word0 = IPSBits.Put(Word0, (ulong)value);
    }

    /// <summary>AFFD: whether a clear access flag is no fault.</summary>
    public bool AFFD
    {
        get => AFFDBits.Of(Word0) != 0;
        init => Word0 = AFFDBits.Put(Word0, value ? 1UL : 0);
    }

    /// <summary>WXN: whether what can be written cannot be executed.</summary>
    public bool WXN
    {
        get => WXNBits.Of(Word0) != 0;
        init => Word0 = WXNBits.Put(Word0, value ? 1UL : 0);
    }

    /// <summary>TBI0: whether the top byte of the lower addresses is ignored.</summary>
    public bool TBI0
    {
        get => TBI0Bits.Of(Word0) != 0;
        init => Word0 = TBI0Bits.Put(Word0, value ? 1UL : 0);
    }

    /// <summary>TBI1: whether the top byte of the upper addresses is ignored.</summary>
    public bool TBI1
    {
        get => TBI1Bits.Of(Word0) != 0;
        init => Word0 = TBI1Bits.Put(Word0, value ? 1UL : 0);
    }

    /// <summary>PAN: whether privileged accesses to data that unprivileged ones may reach are denied.</summary>
    public bool PAN
    {
        get => PANBits.Of(Word0) != 0;
        init => Word0 = PANBits.Put(Word0, value ? 1UL : 0);
    }

    /// <summary>AA64: the tables hold AArch64 descriptors; must be set.</summary>
    public bool AA64
    {
        get => AA64Bits.Of(Word0) != 0;
        init => Word0 = AA64Bits.Put(Word0, value ? 1UL : 0);
    }

    /// <summary>HD (42) and HA (43): hardware update of dirty state and access flag; must be clear (IDR0.HTTU).</summary>
    public int HTTU
    {
        get => (int)HTTUBits.Of(Word0);
        init => Word0 = HTTUBits.Put(Word0, (ulong)value);
    }

    /// <summary>S: whether faults stall.</summary>
    public bool S
    {
        get => SBits.Of(Word0) != 0;
        init => Word0 = SBits.Put(Word0, value ? 1UL : 0);
    }

    /// <summary>R: whether terminated faults are recorded.</summary>
    public bool R
    {
        get => RBits.Of(Word0) != 0;
        init => Word0 = RBits.Put(Word0, value ? 1UL : 0);
    }

    /// <summary>A: whether terminated transactions abort; if not, they read as zero and ignore writes.</summary>
    public bool A
    {
        get => ABits.Of(Word0) != 0;
        init => Word0 = ABits.Put(Word0, value ? 1UL : 0);
    }

    /// <summary>ASET: whether the ASID is private to the SMMU; stored, without effect.</summary>
    public bool ASET
    {
        get => ASETBits.Of(Word0) != 0;
        init => Word0 = ASETBits.Put(Word0, value ? 1UL : 0);
    }

    /// <summary>ASID: tags TLB entries.</summary>
    public ushort ASID
    {
        get => (ushort)ASIDBits.Of(Word0);
        init => Word0 = ASIDBits.Put(Word0, (ulong)value);
    }

    /// <summary>TTB0: address of the table of the lower addresses.</summary>
    public ulong TTB0
    {
        get => TTB0Bits.InPlace(Word1);
        init => Word1 = TTB0Bits.PutInPlace(Word1, value);
    }

    /// <summary>TTB1: address of the table of the upper addresses.</summary>
    public ulong TTB1
    {
        get => TTB1Bits.InPlace(Word2);
        init => Word2 = TTB1Bits.PutInPlace(Word2, value);
    }

    /// <summary>MAIR: the memory attributes; stored, without effect.</summary>
    public ulong MAIR
    {
        get => MAIRBits.Of(Word3);
        init => Word3 = MAIRBits.Put(Word3, value);
    }

    /// <summary>Reads one from memory.</summary>
    /// <param name="memory">Host memory.</param>
    /// <param name="address">Its physical address; a multiple of 64.</param>
    /// <returns>The CD.</returns>
    public static ContextDescriptor Read(PhysicalMemory memory, ulong address)
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
