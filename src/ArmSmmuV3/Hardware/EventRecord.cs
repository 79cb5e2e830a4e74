namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>One record of the event queue: 32 bytes as four words.</summary>
/// <remarks>
/// Arm IHI 0070, section 7.3. <c>default</c> is not a record of any type.
/// Accessors read the bits whatever the type; which of them carry meaning depends on <see cref="Type"/>.
/// </remarks>
/// <param name="Word0">Type, substream and stream.</param>
/// <param name="Word1">Stall tag and the nature of the access.</param>
/// <param name="Word2">The input address.</param>
/// <param name="Word3">The IPA, or the address of a failed fetch.</param>
public readonly record struct EventRecord(ulong Word0, ulong Word1, ulong Word2, ulong Word3)
{
    /// <summary>The size of a record in bytes.</summary>
    public const int SizeBytes = 32;

    /// <summary>The bits of word 3 that hold an IPA (51:12).</summary>
    public const ulong IpaMask = 0x000f_ffff_ffff_f000;

    internal const ulong SubstreamValidBit = 1UL << 11;
    internal const ulong StallBit = 1UL << 31;
    internal const ulong PrivilegedBit = 1UL << 33;
    internal const ulong InstructionBit = 1UL << 34;
    internal const ulong ReadBit = 1UL << 35;
    internal const ulong Stage2Bit = 1UL << 39;
    internal const int ClassShift = 40;

    /// <summary>What happened.</summary>
    public SmmuEventType Type => (SmmuEventType)(byte)Word0;

    /// <summary>The stream of the transaction.</summary>
    public uint StreamId => (uint)(Word0 >> 32);

    /// <summary>The substream of the transaction; null if it had none (SSV = 0).</summary>
    public uint? SubstreamId => (Word0 & SubstreamValidBit) != 0 ? (uint)(Word0 >> 12) & 0xf_ffff : null;

    /// <summary>The tag a CMD_RESUME names the stalled transaction by; meaningful if <see cref="IsStall"/>.</summary>
    public ushort StallTag => (ushort)Word1;

    /// <summary>Whether the transaction is stalled and waits for a CMD_RESUME.</summary>
    public bool IsStall => (Word1 & StallBit) != 0;

    /// <summary>Whether the access was a read (RnW).</summary>
    public bool IsRead => (Word1 & ReadBit) != 0;

    /// <summary>Whether the access was privileged (PnU).</summary>
    public bool IsPrivileged => (Word1 & PrivilegedBit) != 0;

    /// <summary>Whether the access was an instruction fetch (InD).</summary>
    public bool IsInstruction => (Word1 & InstructionBit) != 0;

    /// <summary>Whether stage 2 faulted (S2).</summary>
    public bool IsStage2 => (Word1 & Stage2Bit) != 0;

    /// <summary>Whose address caused the fault.</summary>
    public FaultClass Class => (FaultClass)((Word1 >> ClassShift) & 3);

    /// <summary>The address the device issued, to the byte.</summary>
    public ulong InputAddress => Word2;

    /// <summary>The faulting IPA, page aligned, as an address (not shifted right).</summary>
    public ulong Ipa => Word3 & IpaMask;
}
