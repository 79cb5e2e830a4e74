namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>What a successful walk of both stages yields, ready for the TLB.</summary>
internal struct Translation
{
    /// <summary>Where the address leads, to the byte.</summary>
    public ulong PhysicalAddress;

    /// <summary>What stage 1 made of the address; the address itself if there is no stage 1.</summary>
    public ulong Ipa;

    /// <summary>log2 of the bytes around the address that the same descriptors translate: 12, 21 or 30.</summary>
    public int SizeLog2;

    /// <summary>What both stages grant.</summary>
    public AccessRights Rights;

    /// <summary>What stage 1 grants; everything if there is none.</summary>
    public AccessRights Stage1Rights;

    /// <summary>Whether it holds for every ASID.</summary>
    public bool IsGlobal;
}
