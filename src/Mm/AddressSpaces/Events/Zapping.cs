using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>Clears entries and frees what they held, after the TLBs forgot it.</summary>
/// <remarks>Kernel: <c>zap_pte_range</c> and its callers.</remarks>
internal sealed class Zapping(AddressSpace mm)
{
    /// <summary>Clears a range of an area between the notifiers' start and end calls.</summary>
    /// <remarks>Kernel: <c>zap_page_range</c>, and the loop body of <c>__oom_reap_task_mm</c>.</remarks>
    /// <returns>EAGAIN, and nothing is done, if the range is not blockable and a notifier had to block.</returns>
    public Errno ZapAndNotify(Vma area, in InvalidationRange range)
    {
        TlbGather gather = TlbGather.Begin(mm);
        Errno refusal = mm.Notifiers.Start(in range);
        if (refusal != Errno.None)
        {
            gather.Finish();
            return refusal;
        }

        Zap(area, range.Range, gather);
        mm.Notifiers.End(in range);
        gather.Finish();
        return Errno.None;
    }

    /// <summary>Clears the entries of a range of one area.</summary>
    /// <remarks>Kernel: <c>unmap_page_range</c>.</remarks>
    public void Zap(Vma area, UserRange range, TlbGather gather)
    {
        mm.HugePages.OpenFor(range);
        ulong at = range.First.Value;
        while (true)
        {
            ulong[]? leaf = mm.Table.FindLeaf(at, out ulong last);
            last = Math.Min(last, range.Last.Value);
            if (leaf is not null)
            {
                ZapLeaf(area, leaf, at, last, gather);
            }

            if (last == range.Last.Value)
            {
                return;
            }

            at = last + 1;
        }
    }

    /// <summary>Clears every area and frees all tables but the root; the notifiers are unhooked already.</summary>
    /// <remarks>Kernel: <c>exit_mmap</c>.</remarks>
    public void ZapEverything()
    {
        TlbGather gather = TlbGather.Begin(mm);
        for (int i = 0; i < mm.Areas.Count; i++)
        {
            Zap(mm.Areas[i], mm.Areas[i].Range, gather);
        }

        mm.Table.UnhookEmpty(UserRange.All, gather);
        gather.Finish();
        for (int i = 0; i < mm.Areas.Count; i++)
        {
            mm.Areas[i].Shared?.RemoveMapper(mm);
        }

        mm.Areas.Remove(UserRange.All);
    }

    private void ZapLeaf(Vma area, ulong[] leaf, ulong at, ulong last, TlbGather gather)
    {
        while (at <= last)
        {
            bool isForced = false;
            using (mm.PageTableLock.Hold())
            {
                for (; at <= last && !gather.IsFull; at += Page.Size)
                {
                    isForced |= ClearEntry(area, ref leaf[PageTable.IndexOf(at)], new UserAddress(at), gather);
                }

                isForced |= gather.IsFull;
                if (isForced)
                {
                    // A shared page's dirty bit has just moved to the frame: no TLB may set it again.
                    gather.FlushTlb();
                }
            }

            if (isForced)
            {
                gather.FlushAndFree();
            }
        }
    }

    /// <returns>Whether the TLBs must forget the page before the page table lock is dropped.</returns>
    private bool ClearEntry(Vma area, ref ulong slot, UserAddress page, TlbGather gather)
    {
        ulong entry = slot;
        slot = PageTableEntry.None;
        if (!PageTableEntry.IsPresent(entry))
        {
            if (PageTableEntry.IsSwapped(entry))
            {
                mm.Memory.Swap.Drop(PageTableEntry.SwapSlotOf(entry));
            }

            return false;
        }

        gather.AddCleared(page);
        if (PageTableEntry.IsSpecial(entry))
        {
            return false;
        }

        Pfn frame = PageTableEntry.FrameOf(entry);
        bool isDirty = PageTableEntry.IsDirty(entry);
        if (isDirty)
        {
            mm.Memory.SetDirty(frame);
        }

        gather.AddFrame(frame);
        return isDirty && area.Shared is not null;
    }
}
