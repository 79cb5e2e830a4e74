using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>Frees pages on advice, on a driver's demand, or because memory ran out, while the areas stay.</summary>
/// <remarks>Kernel: <c>mm/madvise.c</c>, <c>zap_vma_ptes</c>, <c>__oom_reap_task_mm</c>.</remarks>
internal sealed class MemoryAdvices(AddressSpace mm)
{
    public Errno Take(UserRange range, MemoryAdvice advice)
    {
        if (!MemoryCalls.IsWholePages(range))
        {
            return Errno.EINVAL;
        }

        mm.Kernel.Step(TraceLayer.User, "madvise", string.Empty, null, $"{range} of {mm.Name}, {advice}");
        return advice switch
        {
            MemoryAdvice.Remove => Remove(range),
            MemoryAdvice.Unmergeable => Unmerge(range),
            MemoryAdvice.HugePage => mm.HugePages.WantIn(range),
            _ => DropOrLoosen(range, advice),
        };
    }

    public Errno ZapDevicePages(UserRange range)
    {
        using LockScope reading = mm.MmapLock.HoldRead();
        Vma? area = mm.Areas.Find(range.First);
        if (!MemoryCalls.IsWholePages(range) || area is null || area.Kind != VmaKind.PfnMap || !area.Range.Contains(range))
        {
            return Errno.EINVAL;
        }

        using LockScope device = mm.DeviceMemoryLock.Hold("vfio_pci_zap_and_vma_lock");
        return mm.Zapping.ZapAndNotify(area, new InvalidationRange(range, InvalidationReason.Clear, IsBlockable: true));
    }

    public Errno ReapForOom()
    {
        using LockScope reading = mm.MmapLock.HoldRead();
        mm.Kernel.Step(TraceLayer.Mm, "__oom_reap_task_mm", string.Empty, null, $"private memory of {mm.Name}");
        Errno result = Errno.None;
        for (int i = 0; i < mm.Areas.Count; i++)
        {
            Vma area = mm.Areas[i];
            if (area.Kind == VmaKind.Anonymous)
            {
                InvalidationRange range = new(area.Range, InvalidationReason.Unmap, IsBlockable: false);
                Errno refusal = mm.Zapping.ZapAndNotify(area, in range);
                result = refusal == Errno.None ? result : refusal;
            }
        }

        return result;
    }

    /// <remarks>Kernel: <c>unmerge_ksm_pages</c>.</remarks>
    private Errno Unmerge(UserRange range)
    {
        using LockScope writing = mm.MmapLock.HoldWrite();
        for (int i = mm.Areas.IndexFrom(range.First); i < mm.Areas.Count && mm.Areas[i].Range.First <= range.Last; i++)
        {
            UserRange part = mm.Areas[i].Range.Intersect(range)!.Value;
            for (ulong page = 0; page < part.PageCount; page++)
            {
                Errno error = mm.Faults.Unmerge(mm.Areas[i], part.First.PlusPages(page));
                if (error != Errno.None)
                {
                    return error;
                }
            }
        }

        return mm.Areas.Covers(range) ? Errno.None : Errno.ENOMEM;
    }

    private Errno DropOrLoosen(UserRange range, MemoryAdvice advice)
    {
        using LockScope reading = mm.MmapLock.HoldRead();
        for (int i = mm.Areas.IndexFrom(range.First); i < mm.Areas.Count && mm.Areas[i].Range.First <= range.Last; i++)
        {
            Vma area = mm.Areas[i];
            bool fits = advice == MemoryAdvice.Free ? area.Kind == VmaKind.Anonymous : area.Kind != VmaKind.PfnMap;
            if (!fits)
            {
                return Errno.EINVAL;
            }

            InvalidationRange announced = new(area.Range.Intersect(range)!.Value, InvalidationReason.Clear, IsBlockable: true);
            if (advice == MemoryAdvice.Free)
            {
                Loosen(in announced);
            }
            else
            {
                mm.Zapping.ZapAndNotify(area, in announced);
            }
        }

        return mm.Areas.Covers(range) ? Errno.None : Errno.ENOMEM;
    }

    /// <summary>Marks pages as ones that may be dropped unless they are written again.</summary>
    /// <remarks>Kernel: <c>madvise_free_single_vma</c>.</remarks>
    private void Loosen(in InvalidationRange announced)
    {
        TlbGather gather = TlbGather.Begin(mm);
        mm.Notifiers.Start(in announced);
        mm.HugePages.OpenFor(announced.Range);
        ulong at = announced.Range.First.Value;
        while (at < announced.Range.Last.Value)
        {
            ulong[]? leaf = mm.Table.FindLeaf(at, out ulong last);
            last = Math.Min(last, announced.Range.Last.Value);
            if (leaf is not null)
            {
                LoosenLeaf(leaf, at, last, gather);
            }

            at = last + 1;
        }

        mm.Notifiers.End(in announced);
        gather.Finish();
    }

    private void LoosenLeaf(ulong[] leaf, ulong first, ulong last, TlbGather gather)
    {
        using LockScope atomic = mm.PageTableLock.Hold();
        for (ulong at = first; at <= last; at += Page.Size)
        {
            ref ulong slot = ref leaf[PageTable.IndexOf(at)];
            if (PageTableEntry.IsSwapped(slot))
            {
                mm.Memory.Swap.Drop(PageTableEntry.SwapSlotOf(slot));
                slot = PageTableEntry.None;
            }
            else if (PageTableEntry.IsValid(slot) && !PageTableEntry.IsSpecial(slot)
                && mm.Memory.ReferenceCountOf(PageTableEntry.FrameOf(slot)) == 1)
            {
                mm.Memory.SetClean(PageTableEntry.FrameOf(slot));
                slot = PageTableEntry.WithLazyFree(slot);
                gather.AddCleared(new UserAddress(at));
            }
        }
    }

    /// <remarks>Kernel: <c>madvise_remove</c>: the mmap lock is not held while the object is punched.</remarks>
    private Errno Remove(UserRange range)
    {
        List<(SharedObject Shared, ulong First, ulong Last)> pages = [];
        using (mm.MmapLock.HoldRead())
        {
            for (int i = mm.Areas.IndexFrom(range.First); i < mm.Areas.Count && mm.Areas[i].Range.First <= range.Last; i++)
            {
                Vma area = mm.Areas[i];
                if (area.Shared is null)
                {
                    return Errno.EINVAL;
                }

                if (!area.IsWritable)
                {
                    return Errno.EACCES;
                }

                UserRange part = area.Range.Intersect(range)!.Value;
                pages.Add((area.Shared, area.PageIndexOf(part.First), area.PageIndexOf(part.Last)));
            }
        }

        foreach ((SharedObject shared, ulong first, ulong last) in pages)
        {
            Punch(shared, first, last);
        }

        return mm.Areas.Covers(range) ? Errno.None : Errno.ENOMEM;
    }

    /// <remarks>Kernel: <c>unmap_mapping_pages</c> and <c>shmem_truncate_range</c>.</remarks>
    private static void Punch(SharedObject shared, ulong first, ulong last)
    {
        using LockScope mappers = shared.MappersLock.Hold();
        foreach (AddressSpace mapper in shared.Mappers)
        {
            for (int i = 0; i < mapper.Areas.Count; i++)
            {
                Vma area = mapper.Areas[i];
                if (area.Shared == shared && area.PartOf(first, last) is { } part)
                {
                    mapper.Zapping.ZapAndNotify(area, new InvalidationRange(part, InvalidationReason.Clear, IsBlockable: true));
                }
            }
        }

        shared.Drop(first, last);
    }
}
