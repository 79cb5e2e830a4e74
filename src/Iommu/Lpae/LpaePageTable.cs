using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.Iommu.Lpae;

/// <summary>A translation table as the SMMU walks it: 4 KiB granule, up to four levels of real descriptors in host memory.</summary>
/// <remarks>Kernel: <c>io-pgtable-arm.c</c>. It has no lock: changing one range from two sides is the caller's mistake.</remarks>
public sealed class LpaePageTable
{
    /// <summary>The block sizes: 4 KiB, 2 MiB and 1 GiB.</summary>
    public const ulong PageSizes4K = 0x4020_1000;

    private const int LastLevel = 3;
    private const int Entries = 512;
    private readonly PhysicalMemory _memory;
    private readonly ILpaeTlb _tlb;
    private readonly LpaeStage _stage;
    private readonly int _rootPages;

    private LpaePageTable(PhysicalMemory memory, ILpaeTlb tlb, LpaeStage stage, int inputBits, int outputBits, ulong root, int startLevel, int rootPages)
    {
        _memory = memory;
        _tlb = tlb;
        _stage = stage;
        InputAddressBits = inputBits;
        OutputAddressBits = outputBits;
        Root = root;
        StartLevel = startLevel;
        _rootPages = rootPages;
    }

    /// <summary>How many bits an input address has.</summary>
    public int InputAddressBits { get; }

    /// <summary>How many bits an output address has.</summary>
    public int OutputAddressBits { get; }

    /// <summary>The level the walk starts at, 0 or 1.</summary>
    public int StartLevel { get; }

    /// <summary>The physical address of the first table.</summary>
    /// <remarks>Specification: TTB0 of a CD, S2TTB of an STE.</remarks>
    public ulong Root { get; }

    /// <summary>How often a request met an entry it should not have met.</summary>
    /// <remarks>Kernel: the <c>WARN_ON</c>s of the file.</remarks>
    public long Warnings { get; private set; }

    /// <summary>Makes an empty table.</summary>
    /// <remarks>Kernel: <c>arm_lpae_alloc_pgtable</c>. A stage-2 table that would have at most 16 entries at level 0 starts at level 1,
    /// with as many tables side by side.</remarks>
    /// <param name="memory">Where its pages come from.</param>
    /// <param name="tlb">Who is told what it drops.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="inputBits">The bits of an input address, 32 to 48.</param>
    /// <param name="outputBits">The bits of an output address, up to 48.</param>
    /// <returns>The table, or ENOMEM.</returns>
    public static Result<LpaePageTable> Create(PhysicalMemory memory, ILpaeTlb tlb, LpaeStage stage, int inputBits, int outputBits)
    {
        ArgumentNullException.ThrowIfNull(memory);
        int startLevel = LastLevel + 1 - ((inputBits - Page.Shift + 8) / 9);
        int topBits = inputBits - ShiftOf(startLevel);
        int rootPages = 1;
        if (stage == LpaeStage.Stage2 && startLevel == 0 && topBits <= 4)
        {
            rootPages = 1 << topBits;
            startLevel++;
        }

        return memory.AllocateContiguous(FrameUse.PageTable, rootPages).TryGet(out Pfn root, out Errno error)
            ? new LpaePageTable(memory, tlb, stage, inputBits, outputBits, root.Address, startLevel, rootPages)
            : error;
    }

    /// <summary>Enters one block.</summary>
    /// <remarks>Kernel: <c>arm_lpae_map</c>.</remarks>
    /// <param name="iova">Its first input address.</param>
    /// <param name="physicalAddress">What it leads to.</param>
    /// <param name="size">4 KiB, 2 MiB or 1 GiB.</param>
    /// <param name="prot">What is granted; without read and write nothing is entered.</param>
    /// <returns>EINVAL for another size, ERANGE beyond the address sizes, EEXIST over a live entry, ENOMEM.</returns>
    public Errno Map(Iova iova, ulong physicalAddress, ulong size, IommuProt prot)
    {
        int level = LevelOf(size);
        if (level < 0)
        {
            Warnings++;
            return Errno.EINVAL;
        }

        if ((prot & (IommuProt.Read | IommuProt.Write)) == 0)
        {
            return Errno.None;
        }

        if (!Fits(iova.Value, InputAddressBits) || !Fits(physicalAddress, OutputAddressBits))
        {
            Warnings++;
            return Errno.ERANGE;
        }

        ulong slot = SlotOf(Root, StartLevel, iova.Value);
        for (int at = StartLevel; at < level; at++)
        {
            ulong descriptor = _memory.ReadWord(slot);
            if ((descriptor & LpaeDescriptor.Valid) == 0)
            {
                if (!_memory.Allocate(FrameUse.PageTable).TryGet(out Pfn page, out Errno error))
                {
                    return error;
                }

                _memory.WriteWord(slot, descriptor = LpaeDescriptor.Table(page.Address));
            }
            else if (!LpaeDescriptor.IsTable(descriptor, at))
            {
                Warnings++;
                return Errno.EEXIST;
            }

            slot = SlotOf(descriptor & LpaeDescriptor.AddressMask, at + 1, iova.Value);
        }

        return WriteLeaf(slot, level, iova.Value, physicalAddress, prot);
    }

    /// <summary>Removes one block, or the part of a larger one, which is split for that.</summary>
    /// <remarks>Kernel: <c>arm_lpae_unmap</c>.</remarks>
    /// <param name="iova">Its first input address.</param>
    /// <param name="size">4 KiB, 2 MiB or 1 GiB.</param>
    /// <param name="gather">Collects what is to be invalidated.</param>
    /// <returns>The size; 0 when nothing is mapped, the size or address is not possible, or a split found no memory.</returns>
    public ulong Unmap(Iova iova, ulong size, ref IotlbGather gather)
    {
        int level = LevelOf(size);
        if (level < 0 || !Fits(iova.Value, InputAddressBits))
        {
            Warnings++;
            return 0;
        }

        ulong slot = SlotOf(Root, StartLevel, iova.Value);
        for (int at = StartLevel; ; at++)
        {
            ulong descriptor = _memory.ReadWord(slot);
            if ((descriptor & LpaeDescriptor.Valid) == 0)
            {
                Warnings++;
                return 0;
            }

            if (at == level)
            {
                return RemoveEntry(slot, descriptor, at, iova.Value, size, ref gather);
            }

            if (!LpaeDescriptor.IsTable(descriptor, at))
            {
                if (!Split(slot, descriptor, at).TryGet(out descriptor, out _))
                {
                    return 0;
                }
            }

            slot = SlotOf(descriptor & LpaeDescriptor.AddressMask, at + 1, iova.Value);
        }
    }

    /// <summary>The physical address an input address leads to, to the byte.</summary>
    /// <remarks>Kernel: <c>arm_lpae_iova_to_phys</c>.</remarks>
    /// <param name="iova">The input address.</param>
    /// <returns>The address, or <see langword="null"/>.</returns>
    public ulong? IovaToPhysical(Iova iova) =>
        FindLeaf(iova, out int level) is { } leaf ? (leaf & LpaeDescriptor.AddressMask) | (iova.Value & ((1UL << ShiftOf(level)) - 1)) : null;

    /// <summary>The size of the entry that an input address lies in.</summary>
    /// <param name="iova">The input address.</param>
    /// <returns>The size in bytes, or <see langword="null"/> where nothing is mapped.</returns>
    public ulong? LeafSizeAt(Iova iova) => FindLeaf(iova, out int level) is null ? null : 1UL << ShiftOf(level);

    /// <summary>What the entry of an input address grants.</summary>
    /// <param name="iova">The input address.</param>
    /// <returns>Read, write or both; <see langword="null"/> where nothing is mapped.</returns>
    public IommuProt? ProtOf(Iova iova) => FindLeaf(iova, out _) is { } leaf ? LpaeDescriptor.AccessOf(_stage, leaf) : null;

    /// <summary>Calls back for every leaf in ascending order; a view for checkers, not for the hot path.</summary>
    /// <param name="visit">Receives the first input address, the physical address and the size in bytes.</param>
    public void Visit(Action<Iova, ulong, ulong> visit)
    {
        ArgumentNullException.ThrowIfNull(visit);
        for (int page = 0; page < _rootPages; page++)
        {
            VisitTable(Root + ((ulong)page << Page.Shift), StartLevel, (ulong)page << (ShiftOf(StartLevel) + 9), visit);
        }
    }

    /// <summary>Gives all table pages back.</summary>
    public void Free()
    {
        for (int page = 0; page < _rootPages; page++)
        {
            FreeTable(Root + ((ulong)page << Page.Shift), StartLevel);
        }
    }

    private static int ShiftOf(int level) => Page.Shift + (9 * (LastLevel - level));

    private static int LevelOf(ulong size) => size switch
    {
        0x1000 => 3,
        0x20_0000 => 2,
        0x4000_0000 => 1,
        _ => -1,
    };

    private static bool Fits(ulong address, int bits) => address >> bits == 0;

    /// <summary>Where the descriptor of an address lies; at the first level the index may span several pages side by side.</summary>
    private ulong SlotOf(ulong table, int level, ulong address)
    {
        ulong index = address >> ShiftOf(level);
        return table + ((level == StartLevel ? index : index & (Entries - 1)) << 3);
    }

    private Errno WriteLeaf(ulong slot, int level, ulong iova, ulong physicalAddress, IommuProt prot)
    {
        ulong old = _memory.ReadWord(slot);
        if ((old & LpaeDescriptor.Valid) != 0)
        {
            if (!LpaeDescriptor.IsTable(old, level))
            {
                Warnings++;
                return Errno.EEXIST;
            }

            // A block takes the place of a whole table, whatever the table still holds.
            _memory.WriteWord(slot, 0);
            _tlb.FlushWalk(iova & ~((1UL << ShiftOf(level)) - 1), 1UL << ShiftOf(level), Page.Size);
            FreeTable(old & LpaeDescriptor.AddressMask, level + 1);
        }

        _memory.WriteWord(slot, physicalAddress | LpaeDescriptor.Attributes(_stage, prot) | LeafBits(level));
        return Errno.None;
    }

    private static ulong LeafBits(int level) => level == LastLevel ? LpaeDescriptor.TableOrPage : LpaeDescriptor.Valid;

    private ulong RemoveEntry(ulong slot, ulong descriptor, int level, ulong iova, ulong size, ref IotlbGather gather)
    {
        _memory.WriteWord(slot, 0);
        if (LpaeDescriptor.IsTable(descriptor, level))
        {
            _tlb.FlushWalk(iova, size, Page.Size);
            FreeTable(descriptor & LpaeDescriptor.AddressMask, level + 1);
        }
        else
        {
            _tlb.AddPage(ref gather, iova, size);
        }

        return size;
    }

    /// <summary>Replaces a block by a table of blocks of the next smaller size that say the same.</summary>
    /// <remarks>Kernel: <c>arm_lpae_split_blk_unmap</c>. The allocation cannot wait; without memory nothing changes.</remarks>
    private Result<ulong> Split(ulong slot, ulong block, int level)
    {
        if (!_memory.Allocate(FrameUse.PageTable, FailureKind.Unmap).TryGet(out Pfn page, out Errno error))
        {
            return error;
        }

        ulong attributes = block & ~LpaeDescriptor.AddressMask & ~LpaeDescriptor.TableOrPage;
        ulong address = block & LpaeDescriptor.AddressMask;
        for (int i = 0; i < Entries; i++)
        {
            ulong part = address + ((ulong)i << ShiftOf(level + 1));
            _memory.WriteWord(page.Address + ((ulong)i << 3), part | attributes | LeafBits(level + 1));
        }

        ulong table = LpaeDescriptor.Table(page.Address);
        _memory.WriteWord(slot, table);
        return table;
    }

    private ulong? FindLeaf(Iova iova, out int level)
    {
        level = StartLevel;
        if (!Fits(iova.Value, InputAddressBits))
        {
            return null;
        }

        ulong descriptor = _memory.ReadWord(SlotOf(Root, level, iova.Value));
        while (LpaeDescriptor.IsTable(descriptor, level))
        {
            level++;
            descriptor = _memory.ReadWord(SlotOf(descriptor & LpaeDescriptor.AddressMask, level, iova.Value));
        }

        return (descriptor & LpaeDescriptor.Valid) != 0 ? descriptor : null;
    }

    private void VisitTable(ulong table, int level, ulong first, Action<Iova, ulong, ulong> visit)
    {
        for (int i = 0; i < Entries; i++)
        {
            ulong descriptor = _memory.ReadWord(table + ((ulong)i << 3));
            ulong iova = first + ((ulong)i << ShiftOf(level));
            if (LpaeDescriptor.IsTable(descriptor, level))
            {
                VisitTable(descriptor & LpaeDescriptor.AddressMask, level + 1, iova, visit);
            }
            else if ((descriptor & LpaeDescriptor.Valid) != 0)
            {
                visit(new Iova(iova), descriptor & LpaeDescriptor.AddressMask, 1UL << ShiftOf(level));
            }
        }
    }

    private void FreeTable(ulong table, int level)
    {
        for (int i = 0; i < Entries && level < LastLevel; i++)
        {
            ulong descriptor = _memory.ReadWord(table + ((ulong)i << 3));
            if (LpaeDescriptor.IsTable(descriptor, level))
            {
                FreeTable(descriptor & LpaeDescriptor.AddressMask, level + 1);
            }
        }

        _memory.Put(Pfn.OfAddress(table));
    }
}
