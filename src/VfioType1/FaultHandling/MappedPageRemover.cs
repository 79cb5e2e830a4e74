using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1;

/// <summary>Takes pages that were mapped by faults out of every domain again.</summary>
/// <remarks>
/// Kernel: <c>vfio_unmap_partial_iopf</c>, corrected: every run and every domain is visited whatever one of them answers (E22), the bits follow what
/// was unmapped (E21), and a domain is synced once, and only if something was unmapped in it (E33).
/// </remarks>
internal class MappedPageRemover(HostKernel kernel, PhysicalMemory memory) : IPartialUnmapper
{
    protected const string Function = "vfio_unmap_partial_iopf";
    protected const int UsualDomains = 8;
    private const int ChunkPages = 512;

    protected HostKernel Kernel { get; } = kernel;

    /// <summary>Unmaps every page of a mapping that a fault or a vendor driver's pin entered.</summary>
    /// <param name="container">The container.</param>
    /// <param name="mapping">The mapping.</param>
    /// <returns>How many pages were unmapped.</returns>
    public ulong RemoveAll(Type1Container container, DmaMapping mapping) =>
        mapping.HasMappedPages && mapping.MappedPages.Count == 0 && !Kernel.IsPosted(Erratum.E33) ? 0 : Remove(container, mapping, mapping.Range);

    /// <summary>Unmaps the mapped pages of a range, held ones included.</summary>
    /// <param name="container">The container; invalidations are kept out.</param>
    /// <param name="mapping">The mapping.</param>
    /// <param name="range">Whole pages of the mapping.</param>
    /// <returns>How many pages were unmapped.</returns>
    public ulong Remove(Type1Container container, DmaMapping mapping, IovaRange range)
    {
        PageBitmap mapped = mapping.MappedPagesIn(Function);

        // Whole granules. Posted: the CPU's page is the unit (E18).
        ulong mask = Kernel.IsPosted(Erratum.E18) ? 0 : (container.Granule >> Page.Shift) - 1;
        ulong first = mapping.PageIndexOf(range.First) & ~mask;
        ulong last = Math.Min(mapping.PageIndexOf(range.Last) | mask, (mapping.Size >> Page.Shift) - 1);

        // The common case when a fault makes room: nothing is there. Posted: the IOTLB is synced all the same (E33).
        if (mapped.NextSet(first, last) is null && !Kernel.IsPosted(Erratum.E33))
        {
            return 0;
        }

        ulong before = mapped.Count;
        if (mapping.FaultPins == 0)
        {
            Unmap(container, mapping, first, last);
            return before - mapped.Count;
        }

        // Pages that kept the pin of their fault: the pins go after the IOTLB sync, a chunk at a time.
        Span<Pfn> pinned = stackalloc Pfn[ChunkPages];
        for (ulong? next = mapped.NextSet(first, last); next is { } page; next = page <= last ? mapped.NextSet(page, last) : null)
        {
            ulong chunkLast = Math.Min(last, page + ChunkPages - 1);
            int pins = CollectPins(container, mapping, page, chunkLast, pinned);
            Unmap(container, mapping, page, chunkLast);
            ReleasePins(mapping, pinned[..pins]);
            page = chunkLast + 1;
        }

        return before - mapped.Count;
    }

    /// <summary>Unmaps run by run in every domain, then syncs the domains.</summary>
    protected virtual void Unmap(Type1Container container, DmaMapping mapping, ulong first, ulong last)
    {
        int domains = container.Domains.Count;
        Span<IotlbGather> gathers = domains <= UsualDomains ? stackalloc IotlbGather[UsualDomains] : new IotlbGather[domains];
        Span<bool> unmapped = domains <= UsualDomains ? stackalloc bool[UsualDomains] : new bool[domains];
        gathers.Clear();
        unmapped.Clear();

        PageBitmap mapped = mapping.MappedPages;
        for (ulong? next = mapped.NextSet(first, last); next is { } page; next = page <= last ? mapped.NextSet(page, last) : null)
        {
            ulong length = mapped.RunLength(page, last);
            for (int i = 0; i < domains; i++)
            {
                ulong done = UnmapPages(container, mapping, page, length, gathers, unmapped, i);
                if (done != length)
                {
                    UnmapRest(container, mapping, page, length, done, gathers, unmapped, i);
                }
            }

            mapped.Clear(page, length);
            page += length;
        }

        for (int i = 0; i < domains; i++)
        {
            if (unmapped[i])
            {
                container.Domains[i].Domain.SyncIotlb(ref gathers[i]);
            }
        }
    }

    /// <summary>Unmaps pages in one domain, as far as one call goes; without gathers, each call is a synchronous one.</summary>
    /// <returns>How many pages the domain gave back.</returns>
    protected static ulong UnmapPages(
        Type1Container container, DmaMapping mapping, ulong page, ulong length, Span<IotlbGather> gathers, Span<bool> unmapped, int index)
    {
        IommuDomain domain = container.Domains[index].Domain;
        Iova iova = mapping.IovaOfPage(page);
        ulong size = length << Page.Shift;
        ulong done = (gathers.IsEmpty ? domain.Unmap(iova, size) : domain.UnmapFast(iova, size, ref gathers[index])) >> Page.Shift;
        unmapped[index] |= done > 0;
        return done;
    }

    /// <summary>Goes on after a domain gave back more or less of a run than was asked.</summary>
    protected void UnmapRest(
        Type1Container container, DmaMapping mapping, ulong page, ulong length, ulong done, Span<IotlbGather> gathers, Span<bool> unmapped, int index)
    {
        IommuDomain domain = container.Domains[index].Domain;
        if (done == 0)
        {
            done = UnmapWholeBlock(mapping, domain, page, length);
            unmapped[index] |= done > 0;
        }

        if (done > length)
        {
            // A block went as a whole: the pages around the run are gone as well, their bits must not stay.
            ForgetAround(container, mapping, domain, page, done);
        }

        // A domain that lacks a page of the run stops there: step over it.
        for (ulong at = done + 1; at < length; at += done + 1)
        {
            done = UnmapPages(container, mapping, page + at, length - at, gathers, unmapped, index);
        }
    }

    protected virtual void ForgetAround(Type1Container container, DmaMapping mapping, IommuDomain domain, ulong page, ulong done)
    {
        PageBitmap mapped = mapping.MappedPages;
        ulong last = Math.Min(page + done, (mapping.Size >> Page.Shift) - 1);
        ulong first = page - Math.Min(page, done);
        for (ulong? next = mapped.NextSet(first, last); next is { } at; next = at < last ? mapped.NextSet(at + 1, last) : null)
        {
            Iova iova = mapping.IovaOfPage(at);
            if (domain.IovaToPhysical(iova) is null)
            {
                container.Domains.ForEach(other => Forget(other.Domain, iova));
                mapped.Clear(at, 1);
            }
        }
    }

    /// <summary>Without memory to split a block the page can only go with all of it; the device faults on the rest again.</summary>
    private ulong UnmapWholeBlock(DmaMapping mapping, IommuDomain domain, ulong page, ulong length)
    {
        Iova iova = mapping.IovaOfPage(page);
        for (ulong sizes = domain.PageSizes & ~Page.Size; sizes != 0 && domain.IovaToPhysical(iova) is not null; sizes &= sizes - 1)
        {
            ulong size = sizes & (~sizes + 1);
            ulong firstOfBlock = mapping.PageIndexOf(new Iova(iova.Value & ~(size - 1)));
            Pfn[] pinned = mapping.FaultPins > 0 ? PinnedAround(mapping, domain, firstOfBlock, size >> Page.Shift, page, length) : [];
            if (domain.Unmap(mapping.IovaOfPage(firstOfBlock), size) == 0)
            {
                continue;
            }

            if (pinned.Length > 0)
            {
                ReleasePins(mapping, pinned);
            }

            return size >> Page.Shift;
        }

        return 0;
    }

    private static Pfn[] PinnedAround(DmaMapping mapping, IommuDomain domain, ulong first, ulong count, ulong page, ulong length)
    {
        List<Pfn> pinned = [];
        for (ulong at = first; at < first + count; at++)
        {
            bool isInRun = at >= page && at - page < length;
            if (!isInRun && mapping.MappedPages[at] && !mapping.HeldPages[at] && domain.IovaToPhysical(mapping.IovaOfPage(at)) is { } physical)
            {
                pinned.Add(Pfn.OfAddress(physical));
            }
        }

        return [.. pinned];
    }

    private static void Forget(IommuDomain domain, Iova iova)
    {
        if (domain.IovaToPhysical(iova) is not null)
        {
            domain.Unmap(iova, Page.Size);
        }
    }

    private static int CollectPins(Type1Container container, DmaMapping mapping, ulong first, ulong last, Span<Pfn> pinned)
    {
        int pins = 0;
        for (ulong page = first; page <= last; page++)
        {
            if (mapping.MappedPages[page]
                && !mapping.HeldPages[page]
                && container.FirstDomain?.Domain.IovaToPhysical(mapping.IovaOfPage(page)) is { } physical)
            {
                pinned[pins++] = Pfn.OfAddress(physical);
            }
        }

        return pins;
    }

    private void ReleasePins(DmaMapping mapping, ReadOnlySpan<Pfn> pinned)
    {
        long counted = 0;
        foreach (Pfn frame in pinned)
        {
            counted += memory.IsReserved(frame) ? 0 : 1;
            memory.Unpin(frame, dirty: (mapping.Prot & IommuProt.Write) != 0);
        }

        mapping.FaultPins -= pinned.Length;
        mapping.Mm.AccountLocked(-counted);
    }
}
