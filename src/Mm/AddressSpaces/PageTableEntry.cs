using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>The 64-bit descriptors of the CPU's page table: stage 1, 4 KiB granule, 48-bit addresses.</summary>
/// <remarks>
/// Specification: VMSAv8-64 table and page descriptors, with the attribute bits <c>AP[2:1]</c>, <c>SH</c>, <c>AF</c>, <c>nG</c>, <c>PXN</c>, <c>UXN</c>.
/// An entry whose bit 0 is clear is ignored by hardware: 0 is nothing, bit 2 marks a swap slot (number from bit 12),
/// bit 3 a page under migration, bit 58 a page that the process may not access (<c>PTE_PROT_NONE</c>). Software keeps in bit 60 that the
/// page was merged with others of the same contents, in bit 59 that the CPU did not use it since reclaim looked last.
/// </remarks>
internal static class PageTableEntry
{
    public const ulong None = 0;
    public const ulong Valid = 1UL << 0;
    public const ulong Table = 3;
    public const ulong ReadOnly = 1UL << 7;
    public const ulong Dirty = 1UL << 55;
    public const ulong Unused = 1UL << 59;
    public const ulong Merged = 1UL << 60;

    private const ulong PageType = 3;
    private const ulong Swapped = 1UL << 2;
    private const ulong Migrating = 1UL << 3;
    private const ulong UserAccess = 1UL << 6;
    private const ulong InnerShareable = 3UL << 8;
    private const ulong AccessFlag = 1UL << 10;
    private const ulong NotGlobal = 1UL << 11;
    private const ulong NoPrivilegedExecute = 1UL << 53;
    private const ulong NoUserExecute = 1UL << 54;
    private const ulong Special = 1UL << 56;
    private const ulong LazyFree = 1UL << 57;
    private const ulong NoAccess = 1UL << 58;
    private const ulong AddressMask = 0x0000_FFFF_FFFF_F000;

    /// <summary>The entry of a page, writable if the area's access says so.</summary>
    public static ulong OfPage(Pfn frame, MemoryAccess access, bool writable, bool special = false)
    {
        ulong entry = frame.Address | PageType | UserAccess | InnerShareable | AccessFlag | NotGlobal | NoPrivilegedExecute;
        entry |= writable ? 0 : ReadOnly;
        entry |= special ? Special : 0;
        return WithAccess(entry, access);
    }

    public static ulong OfTable(Pfn table) => table.Address | Table;

    /// <summary>The entry of a table one level higher that maps a whole leaf table's span, from the entry of its first page.</summary>
    public static ulong OfBlock(ulong entry) => entry & ~(PageType & ~Valid);

    /// <summary>Whether an entry above the leaf tables maps memory itself.</summary>
    public static bool IsBlock(ulong entry) => (entry & PageType) == Valid;

    public static ulong OfSwapSlot(ulong slot) => (slot << Page.Shift) | Swapped;

    /// <summary>The entry of a page whose frame is being exchanged: keeps everything but the meaning to hardware.</summary>
    public static ulong OfMigration(ulong entry) => (entry & ~PageType) | Migrating;

    /// <summary>The entry a page had before its migration, with another frame.</summary>
    public static ulong AfterMigration(ulong entry, Pfn frame) =>
        (entry & ~(AddressMask | Migrating)) | frame.Address | ((entry & NoAccess) != 0 ? 0 : PageType);

    /// <summary>The entry with the execute and no-access bits of an area, and writable no more if the area is not.</summary>
    public static ulong WithAccess(ulong entry, MemoryAccess access)
    {
        entry = (access & MemoryAccess.Execute) != 0 ? entry & ~NoUserExecute : entry | NoUserExecute;
        entry |= (access & MemoryAccess.Write) != 0 ? 0 : ReadOnly;
        return access == MemoryAccess.None ? Forbid(entry) : Permit(entry);
    }

    /// <summary>The entry of a page that is kept but not accessible.</summary>
    public static ulong Forbid(ulong entry) => (entry & ~PageType) | NoAccess;

    public static ulong Permit(ulong entry) => (entry & ~NoAccess) | PageType;

    public static bool IsValid(ulong entry) => (entry & Valid) != 0;

    /// <summary>Whether the entry holds a frame, accessible or not.</summary>
    public static bool IsPresent(ulong entry) => (entry & (Valid | NoAccess)) != 0 && (entry & Migrating) == 0;

    public static bool IsForbidden(ulong entry) => (entry & (Valid | NoAccess | Migrating)) == NoAccess;

    public static bool IsSwapped(ulong entry) => (entry & (Valid | Swapped)) == Swapped && (entry & (NoAccess | Migrating)) == 0;

    public static bool IsMigrating(ulong entry) => (entry & (Valid | Migrating)) == Migrating;

    public static bool IsWritable(ulong entry) => (entry & (Valid | ReadOnly)) == Valid;

    public static bool IsDirty(ulong entry) => (entry & Dirty) != 0;

    /// <summary>Whether the frame is the zero page or a device's, which the entry does not reference.</summary>
    public static bool IsSpecial(ulong entry) => (entry & Special) != 0;

    public static bool IsLazyFree(ulong entry) => (entry & (LazyFree | Dirty)) == LazyFree;

    public static ulong WithLazyFree(ulong entry) => (entry & ~Dirty) | LazyFree;

    public static ulong WithWriteDone(ulong entry) => (entry & ~(ReadOnly | LazyFree | Merged | Unused)) | Dirty;

    /// <summary>Whether the page is one of several with equal contents that share a frame.</summary>
    public static bool IsMerged(ulong entry) => IsPresent(entry) && (entry & Merged) != 0;

    /// <summary>Whether the CPU may access the page that way now.</summary>
    public static bool Grants(ulong entry, bool write) => (entry & (write ? Valid | ReadOnly : Valid)) == Valid;

    public static Pfn FrameOf(ulong entry) => new((entry & AddressMask) >> Page.Shift);

    public static ulong SwapSlotOf(ulong entry) => entry >> Page.Shift;
}
