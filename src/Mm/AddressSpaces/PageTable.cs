using System.Runtime.CompilerServices;
using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>The tables of one address space: four levels of 512 descriptors, in frames that the SMMU walks as well.</summary>
/// <remarks>Kernel: <c>pgd_t</c> and what hangs on it. Upper tables change under the mmap lock, leaf entries under the page table lock.</remarks>
internal sealed class PageTable
{
    /// <summary>How many entries a table has.</summary>
    public const int EntryCount = 512;

    /// <summary>How many bytes of addresses one leaf table covers.</summary>
    public const ulong LeafSpan = Page.Size * EntryCount;

    private const int BlockShift = 21;
    private const int TopShift = 39;
    private const int BitsPerLevel = 9;

    private readonly Dictionary<ulong, Pfn> _deposits = [];
    private readonly PhysicalMemory _memory;
    private readonly ulong[] _root;

    // The leaf table that was looked for last: the next page mostly lies in it, too. Forgotten whenever one comes, goes or is set aside.
    private ulong[]? _recentLeaf;
    private ulong _recentSpan;

    public PageTable(PhysicalMemory memory, Pfn root)
    {
        _memory = memory;
        Root = root;
        _root = memory.Materialize(Root);
    }

    /// <summary>Whether any block is mapped.</summary>
    public bool HasBlocks => _deposits.Count > 0;

    /// <summary>The frame of the level-0 table.</summary>
    public Pfn Root { get; }

    /// <summary>The place of an address's entry in its leaf table.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int IndexOf(ulong address) => (int)(address >> Page.Shift) & (EntryCount - 1);

    /// <summary>The leaf table that covers an address, or <see langword="null"/>.</summary>
    public ulong[]? FindLeaf(ulong address) => FindLeaf(address, out _);

    /// <summary>The leaf table that covers an address, or <see langword="null"/>, and the last address for which this answer holds.</summary>
    /// <remarks>Where a block is mapped, it is the table that waits to take its place: to be read, but not to be changed.</remarks>
    public ulong[]? FindLeaf(ulong address, out ulong last)
    {
        last = address | (LeafSpan - 1);
        if (_recentLeaf is not null && _recentSpan == address >> BlockShift)
        {
            return _recentLeaf;
        }

        ulong[] table = _root;
        for (int shift = TopShift; shift > Page.Shift; shift -= BitsPerLevel)
        {
            ulong entry = table[(int)(address >> shift) & (EntryCount - 1)];
            if (!PageTableEntry.IsValid(entry))
            {
                last = address | ((1UL << shift) - 1);
                return null;
            }

            table = TableOf(entry, address);
        }

        (_recentSpan, _recentLeaf) = (address >> BlockShift, table);
        return table;
    }

    /// <summary>The leaf table that covers an address, made if need be; <see langword="null"/> when memory is exhausted.</summary>
    public ulong[]? EnsureLeaf(ulong address) => FindLeaf(address, out _) ?? EnsureTable(address, Page.Shift);

    /// <summary>Whether one entry maps the whole span of a leaf table around an address.</summary>
    public bool IsBlock(ulong address) => HasBlocks && _deposits.ContainsKey(address >> BlockShift);

    /// <summary>Whether nothing is mapped in the span of a leaf table around an address, not even a table, and a block could be.</summary>
    public bool IsFreeForBlock(ulong address) =>
        EnsureTable(address, BlockShift) is { } table && !PageTableEntry.IsValid(table[BlockIndexOf(address)]);

    /// <summary>Maps a block; its leaf table is set aside, filled with what the block means.</summary>
    public void MapBlock(ulong address, Pfn deposit)
    {
        _recentLeaf = null;
        ulong[] table = EnsureTable(address, BlockShift)!;
        table[BlockIndexOf(address)] = PageTableEntry.OfBlock(_memory.WordsOf(deposit)![0]);
        _deposits.Add(address >> BlockShift, deposit);
    }

    /// <summary>Puts the leaf table that was set aside in the place of a block.</summary>
    public void SplitBlock(ulong address)
    {
        bool isBlock = _deposits.Remove(address >> BlockShift, out Pfn deposit);
        Invariant.Hold(isBlock, "only a block is split");
        Hook(address, deposit);
    }

    /// <summary>Hooks a leaf table.</summary>
    public void Hook(ulong address, Pfn leaf)
    {
        _recentLeaf = null;
        EnsureTable(address, BlockShift)![BlockIndexOf(address)] = PageTableEntry.OfTable(leaf);
    }

    /// <summary>Unhooks a leaf table as it is.</summary>
    public Pfn Unhook(ulong address)
    {
        _recentLeaf = null;
        ref ulong entry = ref EnsureTable(address, BlockShift)![BlockIndexOf(address)];
        Pfn leaf = PageTableEntry.FrameOf(entry);
        entry = PageTableEntry.None;
        return leaf;
    }

    /// <summary>The entry of an address, 0 where there is no table.</summary>
    public ulong EntryOf(ulong address) => FindLeaf(address) is { } leaf ? leaf[IndexOf(address)] : PageTableEntry.None;

    /// <summary>Unhooks the tables below the root that cover part of a range and hold nothing any more.</summary>
    /// <remarks>Kernel: <c>free_pgtables</c>. The frames are freed with the pages, after the TLB flush.</remarks>
    public void UnhookEmpty(UserRange range, TlbGather gather)
    {
        _recentLeaf = null;
        UnhookEmpty(_root, 0, TopShift, range, gather);
    }

    /// <summary>Frees the root; nothing may walk the table any more.</summary>
    public void FreeRoot() => _memory.Put(Root);

    private static int BlockIndexOf(ulong address) => (int)(address >> BlockShift) & (EntryCount - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong[] TableOf(ulong entry, ulong address) =>
        _memory.WordsOf(PageTableEntry.IsBlock(entry) ? _deposits[address >> BlockShift] : PageTableEntry.FrameOf(entry))!;

    private ulong[]? EnsureTable(ulong address, int lastShift)
    {
        ulong[] table = _root;
        for (int shift = TopShift; shift > lastShift; shift -= BitsPerLevel)
        {
            ref ulong entry = ref table[(int)(address >> shift) & (EntryCount - 1)];
            if (!PageTableEntry.IsValid(entry))
            {
                if (!_memory.PrivatePages.AllocateByReclaim(FrameUse.PageTable).TryGet(out Pfn frame, out _))
                {
                    return null;
                }

                _memory.Materialize(frame);
                entry = PageTableEntry.OfTable(frame);
            }

            table = TableOf(entry, address);
        }

        return table;
    }

    private void UnhookEmpty(ulong[] table, ulong tableStart, int shift, UserRange range, TlbGather gather)
    {
        ulong covered = 1UL << shift;
        int first = (int)((Math.Max(range.First.Value, tableStart) - tableStart) >> shift);
        int last = (int)((Math.Min(range.Last.Value, tableStart + ((covered << BitsPerLevel) - 1)) - tableStart) >> shift);
        for (int i = first; i <= last; i++)
        {
            if (!PageTableEntry.IsValid(table[i]) || PageTableEntry.IsBlock(table[i]))
            {
                continue;
            }

            Pfn child = PageTableEntry.FrameOf(table[i]);
            ulong[] childTable = _memory.WordsOf(child)!;
            if (shift - BitsPerLevel > Page.Shift)
            {
                UnhookEmpty(childTable, tableStart + ((ulong)i << shift), shift - BitsPerLevel, range, gather);
            }

            if (!childTable.AsSpan().ContainsAnyExcept(PageTableEntry.None))
            {
                table[i] = PageTableEntry.None;
                gather.AddTable(child, new UserAddress(tableStart + ((ulong)i << shift)));
            }
        }
    }
}
