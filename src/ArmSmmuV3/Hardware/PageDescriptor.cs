namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>The bits of a page-table descriptor (AArch64, 4 KiB granule).</summary>
internal static class PageDescriptor
{
    /// <summary>Bits 47:12: the next table, or with the bits below the leaf's size cleared the output.</summary>
    public const ulong AddressMask = 0x0000_ffff_ffff_f000;

    private const ulong AccessFlag = 1UL << 10;
    private const ulong NotGlobal = 1UL << 11;
    private const ulong Unprivileged = 1UL << 6;
    private const ulong ReadOnly = 1UL << 7;
    private const ulong PrivilegedExecuteNever = 1UL << 53;
    private const ulong ExecuteNever = 1UL << 54;
    private const ulong TableNoUnprivileged = 1UL << 61;
    private const ulong TableReadOnly = 1UL << 62;
    private const ulong TableExecuteNever = 1UL << 60;
    private const ulong TablePrivilegedExecuteNever = 1UL << 59;
    private const ulong TableLimits = TableNoUnprivileged | TableReadOnly | TableExecuteNever | TablePrivilegedExecuteNever;
    private const int TableAccessShift = 55;
    private const int TableExecuteShift = 6;
    private const ulong Stage2Read = 1UL << 6;
    private const ulong Stage2Write = 1UL << 7;
    private const ulong Stage2NormalMemory = 3UL << 4;

    /// <summary>What the four bits of a stage-1 leaf that matter grant.</summary>
    private static readonly AccessRights[] Grants =
    [
        .. from execution in Enumerable.Range(0, 4)
           from access in Enumerable.Range(0, 4)
           select Granted(((ulong)access * Unprivileged) | ((ulong)execution * PrivilegedExecuteNever)),
    ];

    /// <summary>Whether the descriptor means anything at the level whose index bits start at <paramref name="shift"/>.</summary>
    /// <remarks>Level 3 has pages only, level 0 has tables only.</remarks>
    public static bool IsValid(ulong descriptor, int shift) =>
        (descriptor & 1) != 0 && ((descriptor & 2) != 0 || shift is 21 or 30);

    /// <summary>Whether a descriptor leads to the next table.</summary>
    public static bool IsTable(ulong descriptor, int shift) => shift != 12 && (descriptor & 3) == 3;

    /// <summary>Whether the access flag is set.</summary>
    public static bool IsAccessed(ulong descriptor) => (descriptor & AccessFlag) != 0;

    /// <summary>Whether a stage-1 leaf belongs to every ASID.</summary>
    public static bool IsGlobal(ulong descriptor) => (descriptor & NotGlobal) == 0;

    /// <summary>Whether a stage-2 leaf maps normal memory.</summary>
    public static bool IsNormalMemory(ulong descriptor) => (descriptor & Stage2NormalMemory) != 0;

    /// <summary>Whether a stage-2 leaf can be read.</summary>
    public static bool IsStage2Readable(ulong descriptor) => (descriptor & Stage2Read) != 0;

    /// <summary>What a stage-1 leaf grants, with the limits the tables above it set. Write only does not exist.</summary>
    /// <param name="leaf">The leaf.</param>
    /// <param name="tables">The table descriptors on the way, or-ed together.</param>
    public static AccessRights Stage1Rights(ulong leaf, ulong tables)
    {
        if ((tables & TableLimits) != 0)
        {
            // Each limit of a table lies a fixed way above the bit of the leaf that says the same.
            leaf &= ~((tables & TableNoUnprivileged) >> TableAccessShift);
            leaf |= (tables & TableReadOnly) >> TableAccessShift;
            leaf |= (tables & (TableExecuteNever | TablePrivilegedExecuteNever)) >> TableExecuteShift;
        }

        return Grants[IndexOf(leaf)];
    }

    /// <summary>What is left of the rights of stage 1 under WXN and PAN of the CD.</summary>
    public static AccessRights Restrict(AccessRights rights, TranslationTables tables)
    {
        if (tables.PrivilegedAccessNever && (rights & AccessRights.Read) != 0)
        {
            rights &= ~(AccessRights.PrivilegedRead | AccessRights.PrivilegedWrite);
        }
        if (tables.WritableIsNeverExecutable)
        {
            rights &= (rights & AccessRights.Write) != 0 ? ~AccessRights.Execute : AccessRights.All;
            rights &= (rights & AccessRights.PrivilegedWrite) != 0 ? ~AccessRights.PrivilegedExecute : AccessRights.All;
        }
        return rights;
    }

    /// <summary>What a stage-2 leaf grants, privileged or not; here pages to execute only do exist.</summary>
    public static AccessRights Stage2Rights(ulong leaf)
    {
        bool readable = (leaf & Stage2Read) != 0;
        AccessRights rights = readable ? AccessRights.Read | AccessRights.PrivilegedRead : AccessRights.None;
        rights |= (leaf & Stage2Write) != 0 ? AccessRights.Write | AccessRights.PrivilegedWrite : AccessRights.None;
        rights |= (leaf & ExecuteNever) == 0 ? AccessRights.Execute | AccessRights.PrivilegedExecute : AccessRights.None;
        return rights;
    }

    private static int IndexOf(ulong leaf) => (int)((leaf >> 6) & 3) | (int)((leaf >> 51) & 0xc);

    private static AccessRights Granted(ulong leaf)
    {
        bool unprivileged = (leaf & Unprivileged) != 0;
        bool writable = (leaf & ReadOnly) == 0;

        AccessRights rights = AccessRights.PrivilegedRead;
        rights |= writable ? AccessRights.PrivilegedWrite : AccessRights.None;
        rights |= unprivileged ? AccessRights.Read : AccessRights.None;
        rights |= unprivileged && writable ? AccessRights.Write : AccessRights.None;
        rights |= (leaf & ExecuteNever) != 0 ? AccessRights.None : AccessRights.Execute;

        // What unprivileged code can write, privileged code never executes.
        bool privilegedExecuteNever = (leaf & PrivilegedExecuteNever) != 0 || (unprivileged && writable);
        rights |= privilegedExecuteNever ? AccessRights.None : AccessRights.PrivilegedExecute;
        return rights;
    }
}
