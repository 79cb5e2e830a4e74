namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>One cached translation; a tag of 0 marks a free entry.</summary>
internal struct TlbEntry
{
    /// <summary>Set in <see cref="IpaAndFlags"/> if the translation holds for every ASID.</summary>
    public const ulong GlobalFlag = 1;

    private const int Stage1RightsShift = 6;

    /// <summary>Stages, VMID and ASID, as <see cref="Tlb.TagOf"/> packs them.</summary>
    public ulong Tag;

    /// <summary>The input address without the offset in the page or block, its log2 size in the low bits.</summary>
    public ulong InputAndSize;

    /// <summary>The physical page or block; what both stages grant in bits 5:0, what stage 1 grants in 11:6.</summary>
    public ulong OutputAndRights;

    /// <summary>The intermediate page or block, and whether the entry is global.</summary>
    public ulong IpaAndFlags;

    /// <summary>What both stages grant.</summary>
    public readonly AccessRights Rights => (AccessRights)OutputAndRights & AccessRights.All;

    /// <summary>What stage 1 grants.</summary>
    public readonly AccessRights Stage1Rights => (AccessRights)(OutputAndRights >> Stage1RightsShift) & AccessRights.All;

    /// <summary>Whether the translation holds for every ASID.</summary>
    public readonly bool IsGlobal => (IpaAndFlags & GlobalFlag) != 0;

    /// <summary>log2 of the bytes it translates.</summary>
    public readonly int SizeLog2 => (int)(InputAndSize & 0xfff);

    private readonly ulong OffsetMask => (1UL << SizeLog2) - 1;

    /// <summary>Packs input address and size.</summary>
    public static ulong InputOf(ulong address, int sizeLog2) => (address >> sizeLog2 << sizeLog2) | (uint)sizeLog2;

    /// <summary>Where an address it covers leads.</summary>
    public readonly ulong PhysicalAddressOf(ulong address)
    {
        ulong mask = OffsetMask;
        return (OutputAndRights & ~mask) | (address & mask);
    }

    /// <summary>The IPA of an address it covers.</summary>
    public readonly ulong IpaOf(ulong address)
    {
        ulong mask = OffsetMask;
        return (IpaAndFlags & ~mask) | (address & mask);
    }

    /// <summary>Takes over a translation.</summary>
    public void Set(ulong tag, ulong address, in Translation translation)
    {
        Tag = tag;
        InputAndSize = InputOf(address, translation.SizeLog2);
        ulong mask = OffsetMask;
        OutputAndRights = (translation.PhysicalAddress & ~mask)
            | (uint)translation.Rights | ((uint)translation.Stage1Rights << Stage1RightsShift);
        IpaAndFlags = (translation.Ipa & ~mask) | (translation.IsGlobal ? GlobalFlag : 0);
    }
}
