using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.Iommu.Lpae;

/// <content>The tables on the way to an entry: found, made, put in the place of a block, given back.</content>
public sealed partial class LpaePageTable
{
    private const ulong NoSpan = ulong.MaxValue;

    // The table of pages that was looked for last: the next page mostly lies in it, too. Forgotten whenever a table goes.
    private ulong _recentTable;
    private ulong _recentSpan = NoSpan;

    /// <summary>Where an address's entry of a level lies; tables on the way are made.</summary>
    private ulong EnsureTable(ulong iova, int level, out Errno error)
    {
        error = Errno.None;
        if (IsRecent(iova, level))
        {
            return SlotOf(_recentTable, level, iova);
        }

        MemoryView words = _memory.View;
        ulong slot = SlotOf(Root, StartLevel, iova);
        for (int at = StartLevel; at < level && error == Errno.None; at++)
        {
            ulong descriptor = words.ReadWord(slot);
            if (!LpaeDescriptor.IsTable(descriptor, at))
            {
                descriptor = MakeTable(slot, descriptor, out error);
                words = _memory.View;
            }

            slot = (descriptor & LpaeDescriptor.AddressMask) + (((iova >> ShiftOf(at + 1)) & (Entries - 1)) << 3);
        }

        if (error == Errno.None)
        {
            Remember(slot, iova, level);
        }

        return slot;
    }

    private bool IsRecent(ulong iova, int level) => iova >> ShiftOf(LastLevel - 1) == _recentSpan && level == LastLevel;

    private void Remember(ulong slot, ulong iova, int level)
    {
        if (level == LastLevel)
        {
            (_recentTable, _recentSpan) = (slot & ~Page.OffsetMask, iova >> ShiftOf(LastLevel - 1));
        }
    }

    private ulong MakeTable(ulong slot, ulong descriptor, out Errno error)
    {
        if ((descriptor & LpaeDescriptor.Valid) != 0)
        {
            Warnings++;
            error = Errno.EEXIST;
        }
        else if (_memory.Allocate(FrameUse.PageTable).TryGet(out Pfn page, out error))
        {
            _memory.WriteWord(slot, descriptor = LpaeDescriptor.Table(page.Address));
        }

        return descriptor;
    }

    /// <summary>Where an address's entry of a level lies, a larger block split for that; <see langword="null"/> if nothing is mapped or a split found no memory.</summary>
    private ulong? FindTable(ulong iova, int level)
    {
        if (IsRecent(iova, level))
        {
            return SlotOf(_recentTable, level, iova);
        }

        ulong slot = SlotOf(Root, StartLevel, iova);
        for (int at = StartLevel; at < level; at++)
        {
            ulong descriptor = _memory.ReadWord(slot);
            if ((descriptor & LpaeDescriptor.Valid) == 0)
            {
                Warnings++;
                return null;
            }

            if (!LpaeDescriptor.IsTable(descriptor, at) && !Split(slot, descriptor, at).TryGet(out descriptor, out _))
            {
                return null;
            }

            slot = SlotOf(descriptor & LpaeDescriptor.AddressMask, at + 1, iova);
        }

        Remember(slot, iova, level);
        return slot;
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

    /// <summary>Gives back a table that an entry no longer leads to, once the SMMU has forgotten it.</summary>
    private void Discard(ulong descriptor, int level, ulong iova)
    {
        _recentSpan = NoSpan;
        _tlb.FlushWalk(iova, 1UL << ShiftOf(level), Page.Size);
        FreeTable(descriptor & LpaeDescriptor.AddressMask, level + 1);
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
