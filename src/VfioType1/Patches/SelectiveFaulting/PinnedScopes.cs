using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1.Patches.SelectiveFaulting;

/// <summary>
/// Patch 7: what a vendor driver pins for its group is mapped while it is pinned and never faults; the rest faults on demand, and no window
/// reaches into pinned pages.
/// </summary>
/// <remarks>
/// Kernel: the range bookkeeping of <c>vfio_iommu_type1_pin_pages</c>, <c>_unpin_pages</c> and <c>vfio_iommu_type1_dma_map_iopf</c>. Deviation: the
/// posted code serves faults inside the pinned pages only (E62), leaves these unmapped (E63) and never leaves the mode (E64).
/// </remarks>
internal sealed class PinnedScopes(IInvalidationGuard invalidations, MappedPageRemover remover, PageRunMapper runs) : IFaultableScope, IPinScopeRecorder
{
    private readonly Dictionary<IommuGroup, PinnedRanges> _pinned = [];

    public IovaRange? ScopeOf(Type1Group group, Iova page)
    {
        if (!_pinned.TryGetValue(group.IommuGroup, out PinnedRanges? ranges) || ranges.IsEmpty)
        {
            return IovaRange.All;
        }

        (ulong first, ulong last) = ranges.Around(page.PageNumber, ulong.MaxValue >> Page.Shift);
        return IovaRange.OfPages(new Iova(first << Page.Shift), last - first + 1);
    }

    public Errno Pinned(Type1Container container, IommuGroup group, DmaMapping mapping, Iova page, Pfn frame)
    {
        if (!mapping.IsOnDemand || container.FindGroup(group) is null)
        {
            return Errno.None;
        }

        ulong index = mapping.PageIndexOf(page);
        if (!mapping.HeldPages[index])
        {
            Errno error = Hold(container, mapping, index, frame);
            if (error != Errno.None)
            {
                return error;
            }
        }

        if (!_pinned.TryGetValue(group, out PinnedRanges? ranges))
        {
            _pinned.Add(group, ranges = new PinnedRanges());
        }

        ranges.Add(page.PageNumber);
        return Errno.None;
    }

    public bool Unpinning(Type1Container container, IommuGroup group, DmaMapping mapping, Iova page)
    {
        if (!mapping.IsOnDemand)
        {
            return true;
        }

        // A mediated group has no scope; what it gives back must not be the pin that keeps another group's page entered.
        if (container.FindGroup(group) is null)
        {
            return mapping.ExternalPins.TryFind(page, out _, out int references) && references > ReferencesByGroups(container, page.PageNumber);
        }

        if (!_pinned.TryGetValue(group, out PinnedRanges? ranges) || !ranges.Remove(page.PageNumber))
        {
            return false;
        }

        if (ReferencesByGroups(container, page.PageNumber) == 0)
        {
            LetGo(container, mapping, page);
        }

        return true;
    }

    public void Removed(Type1Container container, DmaMapping mapping)
    {
        if (mapping.Size == 0)
        {
            return;
        }

        foreach (Type1Domain domain in container.Domains)
        {
            foreach (Type1Group group in domain.Groups)
            {
                if (_pinned.TryGetValue(group.IommuGroup, out PinnedRanges? ranges))
                {
                    ranges.Forget(mapping.Range.First.PageNumber, mapping.Range.Last.PageNumber);
                }
            }
        }
    }

    public void Left(Type1Container container, IommuGroup group)
    {
        if (!_pinned.Remove(group, out PinnedRanges? ranges))
        {
            return;
        }

        foreach (PinnedRange range in ranges.Ranges)
        {
            for (ulong page = range.First; page <= range.Last; page++)
            {
                Iova iova = new(page << Page.Shift);
                if (ReferencesByGroups(container, page) == 0 && container.Mappings.Find(iova) is { } mapping)
                {
                    LetGo(container, mapping, iova);
                }
            }
        }
    }

    /// <summary>Enters the pinned frame with everything the mapping grants, in place of what a fault may have entered.</summary>
    private Errno Hold(Type1Container container, DmaMapping mapping, ulong index, Pfn frame)
    {
        Iova page = mapping.IovaOfPage(index);
        using (invalidations.Enter(container))
        {
            remover.Remove(container, mapping, IovaRange.OfPages(page, 1));
            Errno error = runs.MapEverywhere(container, page, frame, 1, mapping.Prot);
            if (error == Errno.None)
            {
                mapping.MappedPages.Set(index, 1);
                mapping.HeldPages.Set(index, 1);
            }

            return error;
        }
    }

    /// <summary>Unmaps the page with its last pin: while it was held, the CPU's mapping may have changed unseen.</summary>
    private void LetGo(Type1Container container, DmaMapping mapping, Iova page)
    {
        using (invalidations.Enter(container))
        {
            remover.Remove(container, mapping, IovaRange.OfPages(page, 1));
            mapping.HeldPages.Clear(mapping.PageIndexOf(page), 1);
        }
    }

    private int ReferencesByGroups(Type1Container container, ulong page)
    {
        int references = 0;
        foreach (Type1Domain domain in container.Domains)
        {
            foreach (Type1Group group in domain.Groups)
            {
                references += _pinned.TryGetValue(group.IommuGroup, out PinnedRanges? ranges) ? ranges.ReferencesOf(page) : 0;
            }
        }

        return references;
    }
}
