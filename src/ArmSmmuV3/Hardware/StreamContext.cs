using System.Runtime.CompilerServices;

namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>The configuration of one stream and substream as the SMMU caches it: STE and CD, checked and taken apart.</summary>
internal sealed class StreamContext
{
    private const ulong TableSelector = 1UL << 55;

    private readonly TranslationTables _lower = new();
    private readonly TranslationTables _upper = new();
    private bool _hasLower;
    private bool _hasUpper;
    private bool _ignoresLowerTopByte;
    private bool _ignoresUpperTopByte;
    private bool _ignoresTopByte;
    private int _privilege;
    private int _instruction;

    /// <summary>Stream and substream, as <see cref="KeyOf"/> packs them.</summary>
    public ulong Key { get; set; }

    /// <summary>Whether it holds a configuration.</summary>
    public bool IsValid { get; set; }

    /// <summary>Whether the traffic is aborted without an event.</summary>
    public bool IsAborting { get; private set; }

    /// <summary>Whether stage 1 translates.</summary>
    public bool HasStage1 { get; private set; }

    /// <summary>Whether stage 2 translates.</summary>
    public bool HasStage2 { get; private set; }

    /// <summary>The stage-2 tables; meaningful if <see cref="HasStage2"/>.</summary>
    public TranslationTables Stage2Tables { get; } = new();

    /// <summary>What its TLB entries carry; 0 if nothing translates.</summary>
    public ulong TlbTag { get; private set; }

    /// <summary>Whether stage-1 faults stall.</summary>
    public bool Stage1Stalls { get; private set; }

    /// <summary>Whether terminated stage-1 faults are recorded.</summary>
    public bool Stage1Records { get; private set; }

    /// <summary>Whether transactions terminated by stage 1 abort.</summary>
    public bool Stage1Aborts { get; private set; }

    /// <summary>Whether stage-2 faults stall.</summary>
    public bool Stage2Stalls { get; private set; }

    /// <summary>Whether terminated stage-2 faults are recorded.</summary>
    public bool Stage2Records { get; private set; }

    /// <summary>Whether identical records of terminated faults may be merged (STE.MEV); false until a legal STE was read.</summary>
    public bool MergesEvents { get; set; }

    /// <summary>Stream and substream in one word: substream + 1 in the lower half, 0 if there is none.</summary>
    public static ulong KeyOf(uint streamId, uint? substreamId) =>
        ((ulong)streamId << 32) | (substreamId.HasValue ? substreamId.GetValueOrDefault() + 1UL : 0);

    /// <summary>The one right a transaction needs, after the STE's overrides.</summary>
    public AccessRights AccessOf(in DmaRequest request)
    {
        bool privileged = _privilege == 0 ? request.IsPrivileged : _privilege == 3;
        bool instruction = _instruction == 0 ? request.IsInstruction : _instruction == 3;
        AccessRights access = request.IsWrite ? AccessRights.Write : instruction ? AccessRights.Execute : AccessRights.Read;
        return (AccessRights)((int)access << (privileged ? 3 : 0));
    }

    /// <summary>The address as it is translated: where the CD ignores the top byte (TBI), bit 55 is extended over it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong CanonicalOf(ulong address) => _ignoresTopByte ? WithoutTopByte(address) : address;

    /// <summary>The stage-1 tables that translate an address; null if none do.</summary>
    public TranslationTables? Stage1TablesOf(ulong address)
    {
        if ((address & TableSelector) == 0)
        {
            return _hasLower && address >> _lower.InputBits == 0 ? _lower : null;
        }
        return _hasUpper && ~address >> _upper.InputBits == 0 ? _upper : null;
    }

    /// <summary>Takes over what an STE says.</summary>
    /// <param name="ste">The STE.</param>
    /// <param name="usesStage1">Whether stage 1 translates this substream.</param>
    /// <param name="options">Address widths.</param>
    /// <returns>Whether the stage-2 fields are legal.</returns>
    public bool SetStream(in StreamTableEntry ste, bool usesStage1, SmmuHardwareOptions options)
    {
        IsAborting = ste.Config < StreamConfig.Bypass;
        HasStage1 = usesStage1;
        HasStage2 = ste.Config is StreamConfig.Stage2 or StreamConfig.Nested;
        _privilege = ste.PRIVCFG;
        _instruction = ste.INSTCFG;
        _ignoresTopByte = false;
        Stage1Stalls = false;
        Stage1Records = true;
        Stage1Aborts = true;
        Stage2Stalls = ste.S2S;
        Stage2Records = ste.S2R;
        TlbTag = Tlb.TagOf(HasStage1, HasStage2, ste.S2VMID, 0);
        return !HasStage2 || Stage2Tables.SetStage2(in ste, options.InputAddressBits, options.OutputAddressBits);
    }

    /// <summary>Takes over what a CD says.</summary>
    /// <returns>Whether the table fields are legal.</returns>
    public bool SetContext(in ContextDescriptor cd, in StreamTableEntry ste, int outputBits)
    {
        Stage1Stalls = cd.S && !ste.S1STALLD;
        Stage1Records = cd.R;
        Stage1Aborts = cd.A;
        _ignoresLowerTopByte = cd.TBI0;
        _ignoresUpperTopByte = cd.TBI1;
        _ignoresTopByte = cd.TBI0 || cd.TBI1;
        _hasLower = !cd.EPD0;
        _hasUpper = !cd.EPD1;
        TlbTag = Tlb.TagOf(HasStage1, HasStage2, ste.S2VMID, cd.ASID);
        return (cd.EPD0 || (cd.TG0 == 0 && _lower.SetStage1(in cd, cd.TTB0, cd.T0SZ, outputBits)))
            && (cd.EPD1 || (cd.TG1 == 2 && _upper.SetStage1(in cd, cd.TTB1, cd.T1SZ, outputBits)));
    }

    private ulong WithoutTopByte(ulong address)
    {
        bool isUpper = (address & TableSelector) != 0;
        bool ignores = isUpper ? _ignoresUpperTopByte : _ignoresLowerTopByte;
        return ignores ? (ulong)((long)(address << 8) >> 8) : address;
    }
}
