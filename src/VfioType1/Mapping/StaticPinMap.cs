using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;
using Microsoft.Extensions.Options;

namespace Iopf.VfioType1;

/// <summary>Baseline: a mapping is pinned and entered in every domain at once, and stays so until it is removed.</summary>
/// <remarks>Kernel: <c>vfio_pin_map_dma</c>, <c>vfio_unmap_unpin</c>.</remarks>
internal sealed class StaticPinMap(HostKernel kernel, RemotePinner pinner, PageRunMapper runs, IOptions<Type1Options> options) : IDmaMapPolicy
{
    private const int RegionsPerSync = 512;
    private readonly bool _onePageAtATime = options.Value.DisableHugepages;

    /// <summary>How many pages were missing from the first domain when their mapping was taken out.</summary>
    /// <remarks>Kernel: the <c>WARN_ON</c> in <c>vfio_unmap_unpin</c>.</remarks>
    public long MissingPages { get; private set; }

    public Errno Establish(Type1Container container, DmaMapping mapping, ulong size, Process caller)
    {
        mapping.HasMappedPages = !kernel.IsPosted(Erratum.E07); // Posted: the bitmap is patch 6's to allocate.

        // Without an IOMMU domain (mediated devices only) nothing is pinned until a vendor driver asks.
        if (container.Domains.Count == 0)
        {
            mapping.Size = size;
            return Errno.None;
        }

        mapping.IsIommuMapped = true;
        Errno error = Errno.None;
        while (mapping.Size < size && error == Errno.None)
        {
            error = PinMapRun(container, mapping, size);
        }

        pinner.Drop(container.PinBatch, mapping);
        return error;
    }

    public void Withdraw(Type1Container container, DmaMapping mapping, bool isRemoval)
    {
        if (mapping.Size == 0 || !mapping.IsIommuMapped || container.FirstDomain is not { } first)
        {
            return;
        }

        for (int i = 1; i < container.Domains.Count; i++)
        {
            container.Domains[i].Domain.Unmap(mapping.Iova, mapping.Size);
        }

        long unlocked = UnmapFirstDomain(container, first, mapping);
        mapping.IsIommuMapped = false;
        if (unlocked != 0)
        {
            mapping.Mm.AccountLocked(-unlocked);
        }
    }

    public Errno Rebase(Type1Container container, DmaMapping mapping, UserAddress vaddr, Process caller)
    {
        mapping.Vaddr = vaddr;
        return Errno.None;
    }

    private Errno PinMapRun(Type1Container container, DmaMapping mapping, ulong size)
    {
        Iova iova = mapping.Iova.Plus(mapping.Size);
        ulong pages = _onePageAtATime ? 1 : (size - mapping.Size) >> Page.Shift;
        if (!pinner.PinRun(container, mapping, iova, pages).TryGet(out PinnedRun run, out Errno error))
        {
            return error;
        }

        error = runs.MapEverywhere(container, iova, run.First, (ulong)run.PageCount, mapping.Prot);
        if (error != Errno.None)
        {
            long unlocked = Unpin(mapping, iova, run);
            mapping.Mm.AccountLocked(-unlocked);
            return error;
        }

        mapping.Size += (ulong)run.PageCount << Page.Shift;
        return Errno.None;
    }

    /// <summary>Walks the first domain, whose entries are the only record of which frames are pinned.</summary>
    private long UnmapFirstDomain(Type1Container container, Type1Domain first, DmaMapping mapping)
    {
        List<UnmappedRegion> regions = container.UnmappedRegions;
        IotlbGather gather = default;
        long unlocked = 0;
        ulong offset = 0;
        while (offset < mapping.Size)
        {
            Iova iova = mapping.Iova.Plus(offset);
            if (first.Domain.IovaToPhysical(iova) is not { } physical)
            {
                MissingPages++;
                kernel.Step(TraceLayer.Type1, "vfio_unmap_unpin", string.Empty, iova, $"warning: a page of {mapping} is not mapped");
                offset += Page.Size;
                continue;
            }

            ulong length = ContiguousLength(first, mapping, offset, physical);
            ulong unmapped = first.Domain.UnmapFast(iova, length, ref gather);
            Invariant.Hold(unmapped > 0, "a page that translates can be unmapped");
            regions.Add(new UnmappedRegion(iova, new PinnedRun(Pfn.OfAddress(physical), (long)(unmapped >> Page.Shift))));
            offset += unmapped;
            if (regions.Count == RegionsPerSync)
            {
                unlocked += SyncUnpin(first, mapping, regions, ref gather);
            }
        }

        return unlocked + SyncUnpin(first, mapping, regions, ref gather);
    }

    /// <summary>The IOTLB forgets the pages before their pins go, so that no device reaches a freed page.</summary>
    /// <remarks>Kernel: <c>vfio_sync_unpin</c>.</remarks>
    private long SyncUnpin(Type1Domain first, DmaMapping mapping, List<UnmappedRegion> regions, ref IotlbGather gather)
    {
        first.Domain.SyncIotlb(ref gather);
        long unlocked = 0;
        foreach (UnmappedRegion region in regions)
        {
            unlocked += Unpin(mapping, region.Iova, region.Run);
        }

        regions.Clear();
        return unlocked;
    }

    /// <summary>Pages that a vendor driver still holds stay accounted.</summary>
    private long Unpin(DmaMapping mapping, Iova iova, PinnedRun run)
    {
        long unlocked = pinner.Unpin(mapping, run.First, run.PageCount);
        for (long i = 0; mapping.ExternalPins.Count > 0 && i < run.PageCount; i++)
        {
            unlocked -= mapping.ExternalPins.Contains(iova.PlusPages((ulong)i)) ? 1 : 0;
        }

        return unlocked;
    }

    private static ulong ContiguousLength(Type1Domain first, DmaMapping mapping, ulong offset, ulong physical)
    {
        ulong length = Page.Size;
        while (!first.UsesFineGranules
            && offset + length < mapping.Size
            && first.Domain.IovaToPhysical(mapping.Iova.Plus(offset + length)) == physical + length)
        {
            length += Page.Size;
        }

        return length;
    }
}
