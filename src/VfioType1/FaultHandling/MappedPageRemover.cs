using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1;

/// <summary>Takes pages that were mapped by faults out of every domain again.</summary>
/// <remarks>
/// Kernel: <c>vfio_unmap_partial_iopf</c>, corrected: every run and every domain is visited whatever one of them answers (E22), and a domain
/// is synced once, and only if something was unmapped in it (E33).
/// </remarks>
internal sealed class MappedPageRemover(PhysicalMemory memory)
{
    private const int ChunkPages = 512;
    private readonly Pfn[] _pinned = new Pfn[ChunkPages];

    /// <summary>Unmaps every page of a mapping that a fault or a vendor driver's pin entered.</summary>
    /// <param name="container">The container.</param>
    /// <param name="mapping">The mapping.</param>
    /// <returns>How many pages were unmapped.</returns>
    public ulong RemoveAll(Type1Container container, DmaMapping mapping) =>
        mapping.MappedPages.Count == 0 ? 0 : Remove(container, mapping, mapping.Range);

    /// <summary>Unmaps the mapped pages of a range, held ones included.</summary>
    /// <param name="container">The container; invalidations are kept out.</param>
    /// <param name="mapping">The mapping.</param>
    /// <param name="range">Whole pages of the mapping.</param>
    /// <returns>How many pages were unmapped.</returns>
    public ulong Remove(Type1Container container, DmaMapping mapping, IovaRange range)
    {
        ulong first = mapping.PageIndexOf(range.First);
        ulong last = mapping.PageIndexOf(range.Last);
        ulong before = mapping.MappedPages.Count;
        if (mapping.FaultPins == 0)
        {
            Unmap(container, mapping, first, last);
            return before - mapping.MappedPages.Count;
        }

        // Pages that kept the pin of their fault: the pins go after the IOTLB sync, a chunk at a time.
        for (ulong? next = mapping.MappedPages.NextSet(first, last); next is { } page; next = mapping.MappedPages.NextSet(page, last))
        {
            ulong chunkLast = Math.Min(last, page + ChunkPages - 1);
            int pins = CollectPins(container, mapping, page, chunkLast);
            Unmap(container, mapping, page, chunkLast);
            ReleasePins(mapping, pins);
        }

        return before - mapping.MappedPages.Count;
    }

    private static void Unmap(Type1Container container, DmaMapping mapping, ulong first, ulong last)
    {
        foreach (Type1Domain domain in container.Domains)
        {
            UnmapIn(domain.Domain, mapping, first, last);
        }

        PageBitmap mapped = mapping.MappedPages;
        for (ulong? next = mapped.NextSet(first, last); next is { } page; next = mapped.NextSet(page, last))
        {
            mapped.Clear(page, mapped.RunLength(page, last));
        }
    }

    private static void UnmapIn(IommuDomain domain, DmaMapping mapping, ulong first, ulong last)
    {
        PageBitmap mapped = mapping.MappedPages;
        IotlbGather gather = default;
        ulong unmapped = 0;
        for (ulong? next = mapped.NextSet(first, last); next is { } page; next = page <= last ? mapped.NextSet(page, last) : null)
        {
            ulong length = mapped.RunLength(page, last);
            ulong done = domain.UnmapFast(mapping.IovaOfPage(page), length << Page.Shift, ref gather) >> Page.Shift;
            unmapped += done;

            // A domain that lacks a page of the run stops there: step over it.
            page += done < length ? done + 1 : length;
        }

        if (unmapped > 0)
        {
            domain.SyncIotlb(ref gather);
        }
    }

    private int CollectPins(Type1Container container, DmaMapping mapping, ulong first, ulong last)
    {
        int pins = 0;
        for (ulong page = first; page <= last; page++)
        {
            if (mapping.MappedPages[page]
                && !mapping.HeldPages[page]
                && container.FirstDomain?.Domain.IovaToPhysical(mapping.IovaOfPage(page)) is { } physical)
            {
                _pinned[pins++] = Pfn.OfAddress(physical);
            }
        }

        return pins;
    }

    private void ReleasePins(DmaMapping mapping, int pins)
    {
        long counted = 0;
        for (int i = 0; i < pins; i++)
        {
            counted += memory.IsReserved(_pinned[i]) ? 0 : 1;
            memory.Unpin(_pinned[i], dirty: (mapping.Prot & IommuProt.Write) != 0);
        }

        mapping.FaultPins -= pins;
        mapping.Mm.AccountLocked(-counted);
    }
}
