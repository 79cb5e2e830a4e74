namespace Iopf.Iommu.Lpae;

/// <summary>The 64-bit descriptors of a table with a 4 KiB granule.</summary>
/// <remarks>Specification: VMSAv8-64 translation table format. Kernel: <c>ARM_LPAE_PTE_*</c>.</remarks>
public static class LpaeDescriptor
{
    /// <summary>Bit 0: the descriptor means something.</summary>
    public const ulong Valid = 1;

    /// <summary>Bits 1:0 of a table, and of a page at the last level.</summary>
    public const ulong TableOrPage = 3;

    /// <summary>Bits 47:12: what the descriptor leads to.</summary>
    public const ulong AddressMask = 0x0000_ffff_ffff_f000;

    /// <summary>Bit 10: the access flag; always set, so that F_ACCESS never occurs.</summary>
    public const ulong AccessFlag = 1UL << 10;

    private const ulong InnerShareable = 3UL << 8;
    private const ulong NotGlobal = 1UL << 11;
    private const ulong Unprivileged = 1UL << 6;
    private const ulong ReadOnly = 1UL << 7;
    private const ulong ExecuteNever = 3UL << 53;
    private const ulong NormalMemory = 1UL << 2;
    private const ulong DeviceMemory = 2UL << 2;
    private const ulong Stage2Read = 1UL << 6;
    private const ulong Stage2Write = 1UL << 7;
    private const ulong Stage2Normal = 0xfUL << 2;
    private const ulong Stage2Device = 1UL << 2;

    /// <summary>Whether a descriptor leads to a table of the next level.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="level">Its level, 0 to 3.</param>
    /// <returns>Whether it does.</returns>
    public static bool IsTable(ulong descriptor, int level) => level < 3 && (descriptor & TableOrPage) == TableOrPage;

    /// <summary>A table descriptor.</summary>
    /// <param name="table">The physical address of the next table.</param>
    /// <returns>The descriptor.</returns>
    public static ulong Table(ulong table) => table | TableOrPage;

    /// <summary>The attributes of a leaf, without address and level bits.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="prot">What is granted.</param>
    /// <returns>The bits.</returns>
    /// <remarks>Kernel: <c>arm_lpae_prot_to_pte</c>. Stage 1 cannot express "write but not read".</remarks>
    public static ulong Attributes(LpaeStage stage, IommuProt prot)
    {
        ulong bits = AccessFlag | InnerShareable;
        bits |= stage == LpaeStage.Stage1 ? Stage1Attributes(prot) : Stage2Attributes(prot);
        return (prot & IommuProt.NoExec) != 0 ? bits | ExecuteNever : bits;
    }

    /// <summary>What a leaf grants.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="descriptor">The leaf.</param>
    /// <returns>Read, write or both.</returns>
    public static IommuProt AccessOf(LpaeStage stage, ulong descriptor)
    {
        if (stage == LpaeStage.Stage1)
        {
            return (descriptor & ReadOnly) != 0 ? IommuProt.Read : IommuProt.Read | IommuProt.Write;
        }

        IommuProt read = (descriptor & Stage2Read) != 0 ? IommuProt.Read : IommuProt.None;
        return (descriptor & Stage2Write) != 0 ? read | IommuProt.Write : read;
    }

    private static ulong Stage1Attributes(IommuProt prot)
    {
        ulong bits = NotGlobal;
        bits |= (prot & IommuProt.Privileged) != 0 ? 0 : Unprivileged;
        bits |= (prot & IommuProt.Write) != 0 ? 0 : ReadOnly;
        return bits | ((prot & IommuProt.Mmio) != 0 ? DeviceMemory : (prot & IommuProt.Cache) != 0 ? NormalMemory : 0);
    }

    private static ulong Stage2Attributes(IommuProt prot)
    {
        ulong bits = (prot & IommuProt.Read) != 0 ? Stage2Read : 0;
        bits |= (prot & IommuProt.Write) != 0 ? Stage2Write : 0;
        return bits | ((prot & IommuProt.Mmio) != 0 ? Stage2Device : (prot & IommuProt.Cache) != 0 ? Stage2Normal : 5UL << 2);
    }
}
