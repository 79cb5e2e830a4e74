using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1.Patches.UnpinnedMapping;

/// <summary>Patch 3: takes pages away from the devices of a container before the CPU's mapping of them changes.</summary>
/// <remarks>
/// Kernel: <c>mn_invalidate_range</c>. Deviation: the sleepable range callbacks instead of the one that runs under the page-table lock (E27),
/// its own innermost lock instead of <c>iommu-&gt;lock</c> (E23 to E26, E29, E32), no waiting for valid vaddrs (E19, E20, E30), and a release
/// callback (E28).
/// </remarks>
internal sealed class MappedPagesNotifier(HostKernel kernel, Type1Container container, IPartialUnmapper unmapper) : MmuNotifier
{
    public override Errno InvalidateRangeStart(AddressSpace mm, in InvalidationRange range)
    {
        if (range.IsBlockable)
        {
            using (container.PagesLock.Hold())
            {
                Start(mm, range.Range);
            }

            return Errno.None;
        }

        if (!container.PagesLock.TryLock())
        {
            return Errno.EAGAIN;
        }

        Start(mm, range.Range);
        container.PagesLock.Unlock();
        return Errno.None;
    }

    public override void InvalidateRangeEnd(AddressSpace mm, in InvalidationRange range)
    {
        using (container.PagesLock.Hold())
        {
            End(mm, range.Range);
        }
    }

    public override void Release(AddressSpace mm)
    {
        // Posted: there is no release callback.
        if (kernel.IsPosted(Erratum.E28))
        {
            return;
        }

        // A fault that obtained pages before, and maps them after this, must notice.
        using (container.PagesLock.Hold())
        {
            Start(mm, UserRange.All);
            End(mm, UserRange.All);
        }
    }

    private void Start(AddressSpace mm, UserRange vaddrs)
    {
        container.Invalidations.Begin(mm, vaddrs);
        TakeAwayPages(mm, vaddrs);
    }

    private void End(AddressSpace mm, UserRange vaddrs)
    {
        container.Invalidations.End(mm, vaddrs);
        container.InvalidationWait.WakeAll();
    }

    /// <summary>Notes that a range is being invalidated.</summary>
    internal void Begin(AddressSpace mm, UserRange vaddrs)
    {
        using (container.PagesLock.Hold())
        {
            container.Invalidations.Begin(mm, vaddrs);
        }
    }

    /// <summary>Unmaps what lies behind a range, apart from the locking of the callback that asks for it.</summary>
    internal void TakeAway(AddressSpace mm, UserRange vaddrs)
    {
        using (container.PagesLock.Hold())
        {
            TakeAwayPages(mm, vaddrs);
        }
    }

    private void TakeAwayPages(AddressSpace mm, UserRange vaddrs)
    {
        foreach (DmaMapping mapping in container.Mappings)
        {
            if (Concerns(mapping, mm) && mapping.Size > 0 && mapping.VaddrRange.Intersect(vaddrs) is { } part)
            {
                TakeAway(mapping, part);
            }
        }
    }

    private bool Concerns(DmaMapping mapping, AddressSpace mm)
    {
        // Posted: whatever process a mapping belongs to, the addresses of the one that enabled IOPF are taken for its own.
        bool isItsMemory = ReferenceEquals(mapping.Mm, mm) || kernel.IsPosted(Erratum.E46);

        // Posted: the bitmap is used without a look whether anything is mapped (E33), or whether it is there (E07, E38).
        return isItsMemory && (!mapping.HasMappedPages || mapping.MappedPages.Count > 0 || kernel.IsPosted(Erratum.E33));
    }

    /// <summary>Unmaps what lies between held pages: those are pinned and stay (E63).</summary>
    private void TakeAway(DmaMapping mapping, UserRange vaddrs)
    {
        ulong page = (vaddrs.First.Value - mapping.Vaddr.Value) >> Page.Shift;
        ulong last = (vaddrs.Last.Value - mapping.Vaddr.Value) >> Page.Shift;
        ulong removed = 0;
        while (page <= last)
        {
            ulong held = mapping.HeldPages.NextSet(page, last) ?? last + 1;
            if (held > page)
            {
                removed += unmapper.Remove(container, mapping, IovaRange.OfPages(mapping.IovaOfPage(page), held - page));
            }

            page = held + 1;
        }

        kernel.Tally.PagesInvalidated += (long)removed;
        kernel.Step(TraceLayer.Type1, "mn_invalidate_range", string.Empty, mapping.Iova, $"{removed} pages behind {vaddrs} unmapped");
    }
}
