using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.Iommu.Lpae;

/// <summary>A translation table as the SMMU walks it: 4 KiB granule, up to four levels of real descriptors in host memory.</summary>
/// <remarks>Kernel: <c>io-pgtable-arm.c</c>. It has no lock: changing one range from two sides is the caller's mistake.</remarks>
public sealed partial class LpaePageTable
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
        ulong mapped = 0;
        return Map(iova, physicalAddress, size, 1, prot, ref mapped);
    }

    /// <summary>Enters blocks of one size that lie one after another, on both sides.</summary>
    /// <remarks>Kernel: one <c>arm_lpae_map</c> per block; here a table is looked for once for all of its entries.</remarks>
    /// <param name="iova">The first input address.</param>
    /// <param name="physicalAddress">What it leads to.</param>
    /// <param name="size">The size of one block: 4 KiB, 2 MiB or 1 GiB.</param>
    /// <param name="count">How many blocks.</param>
    /// <param name="prot">What is granted; without read and write nothing is entered.</param>
    /// <param name="mapped">Grows by the bytes that were entered.</param>
    /// <returns>As for one block; what was entered before the error stays.</returns>
    public Errno Map(Iova iova, ulong physicalAddress, ulong size, ulong count, IommuProt prot, ref ulong mapped)
    {
        int level = LevelOf(size);
        if (level < 0)
        {
            Warnings++;
            return Errno.EINVAL;
        }

        ulong length = size * count;
        if ((prot & (IommuProt.Read | IommuProt.Write)) == 0)
        {
            mapped += length;
            return Errno.None;
        }

        if (!Fits(iova.Value, length, InputAddressBits) || !Fits(physicalAddress, length, OutputAddressBits))
        {
            Warnings++;
            return Errno.ERANGE;
        }

        ulong leaf = LpaeDescriptor.Attributes(_stage, prot) | LeafBits(level);
        for (ulong done = 0; done < length;)
        {
            ulong at = iova.Value + done;
            ulong slot = EnsureTable(at, level, out Errno error);
            if (error != Errno.None)
            {
                return error;
            }

            Span<ulong> entries = EntriesFrom(slot, (length - done) / size);
            int entered = WriteLeaves(entries, slot, level, at, (physicalAddress + done) | leaf);
            mapped += (ulong)entered * size;
            done += (ulong)entered * size;
            if (entered < entries.Length)
            {
                Warnings++;
                return Errno.EEXIST;
            }
        }

        return Errno.None;
    }

    /// <summary>Removes one block, or the part of a larger one, which is split for that.</summary>
    /// <remarks>Kernel: <c>arm_lpae_unmap</c>.</remarks>
    /// <param name="iova">Its first input address.</param>
    /// <param name="size">4 KiB, 2 MiB or 1 GiB.</param>
    /// <param name="gather">Collects what is to be invalidated.</param>
    /// <returns>The size; 0 when nothing is mapped, the size or address is not possible, or a split found no memory.</returns>
    public ulong Unmap(Iova iova, ulong size, ref IotlbGather gather) => Unmap(iova, size, 1, ref gather);

    /// <summary>Removes blocks of one size that lie one after another, or parts of larger ones.</summary>
    /// <remarks>Kernel: one <c>arm_lpae_unmap</c> per block; here a table is looked for once for all of its entries.</remarks>
    /// <param name="iova">The first input address.</param>
    /// <param name="size">The size of one block: 4 KiB, 2 MiB or 1 GiB.</param>
    /// <param name="count">How many blocks.</param>
    /// <param name="gather">Collects what is to be invalidated.</param>
    /// <returns>How many bytes were removed; it stops at the first block that one alone would answer 0 for.</returns>
    public ulong Unmap(Iova iova, ulong size, ulong count, ref IotlbGather gather)
    {
        int level = LevelOf(size);
        if (level < 0 || !Fits(iova.Value, size * count, InputAddressBits))
        {
            Warnings++;
            return 0;
        }

        ulong length = size * count;
        ulong done = 0;
        while (done < length)
        {
            ulong at = iova.Value + done;
            if (FindTable(at, level) is not { } slot)
            {
                break;
            }

            Span<ulong> entries = EntriesFrom(slot, (length - done) / size);
            int removed = RemoveEntries(entries, level, at, ref gather);
            done += (ulong)removed * size;
            if (removed < entries.Length)
            {
                Warnings++;
                break;
            }
        }

        return done;
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
        _recentSpan = NoSpan;
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

    private static bool Fits(ulong first, ulong length, int bits) => Fits(first | (first + length - 1), bits);

    /// <summary>Where the descriptor of an address lies; at the first level the index may span several pages side by side.</summary>
    private ulong SlotOf(ulong table, int level, ulong address)
    {
        ulong index = address >> ShiftOf(level);
        return table + ((level == StartLevel ? index : index & (Entries - 1)) << 3);
    }

    /// <summary>The entries from a slot on, to the end of its table.</summary>
    private Span<ulong> EntriesFrom(ulong slot, ulong count)
    {
        Span<ulong> rest = _memory.WordsFrom(slot);
        return count < (ulong)rest.Length ? rest[..(int)count] : rest;
    }

    /// <returns>How many entries were written before one that is live.</returns>
    private int WriteLeaves(Span<ulong> entries, ulong slot, int level, ulong iova, ulong leaf)
    {
        ulong size = 1UL << ShiftOf(level);
        for (int i = 0; i < entries.Length; i++)
        {
            if ((entries[i] & LpaeDescriptor.Valid) != 0
                && !ReplaceTable(entries[i], slot + ((ulong)i << 3), level, iova + ((ulong)i << ShiftOf(level))))
            {
                return i;
            }

            entries[i] = leaf;
            leaf += size;
        }

        return entries.Length;
    }

    /// <summary>A block takes the place of a whole table, whatever the table still holds.</summary>
    /// <returns>Whether there was a table; if not, the entry is live.</returns>
    private bool ReplaceTable(ulong descriptor, ulong slot, int level, ulong iova)
    {
        if (!LpaeDescriptor.IsTable(descriptor, level))
        {
            return false;
        }

        _memory.WriteWord(slot, 0);
        Discard(descriptor, level, iova & ~((1UL << ShiftOf(level)) - 1));
        return true;
    }

    private static ulong LeafBits(int level) => level == LastLevel ? LpaeDescriptor.TableOrPage : LpaeDescriptor.Valid;

    /// <returns>How many entries were removed before one that means nothing.</returns>
    private int RemoveEntries(Span<ulong> entries, int level, ulong iova, ref IotlbGather gather)
    {
        ulong size = 1UL << ShiftOf(level);
        for (int i = 0; i < entries.Length; i++)
        {
            ulong descriptor = entries[i];
            if ((descriptor & LpaeDescriptor.Valid) == 0)
            {
                return i;
            }

            entries[i] = 0;
            if (LpaeDescriptor.IsTable(descriptor, level))
            {
                Discard(descriptor, level, iova + ((ulong)i * size));
            }
            else
            {
                _tlb.AddPage(ref gather, iova + ((ulong)i * size), size);
            }
        }

        return entries.Length;
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
}
