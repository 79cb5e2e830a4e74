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
internal class PinnedScopes(IFaultingGroups linked, IInvalidationGuard invalidations, IPartialUnmapper unmapper, IDomainsMapper mapper)
    : IFaultableScope, IPinScopeRecorder, IPinScopeView
{
    private readonly Dictionary<IommuGroup, PinnedRanges> _pinned = [];

    protected IFaultingGroups Linked { get; } = linked;

    public virtual IovaRange? ScopeOf(Type1Group group, Iova page) =>
        Find(group.IommuGroup) is { IsEmpty: false } ranges ? RangeOf(ranges.Around(page.PageNumber, ulong.MaxValue >> Page.Shift)) : IovaRange.All;

    public virtual bool IsSelective(IommuGroup group) => Find(group) is { IsEmpty: false };

    public IReadOnlyList<PinnedRange> RangesOf(IommuGroup group) => Find(group)?.Ranges ?? [];

    public virtual Errno Begin(Type1Container container, IommuGroup group) =>
        container.IsIopfEnabled && IsUnknown(container, group) ? Errno.EINVAL : Errno.None;

    public virtual Errno Pinned(Type1Container container, IommuGroup group, DmaMapping mapping, Iova page, Pfn frame)
    {
        if (!IsRecorded(container, group))
        {
            return Errno.None;
        }

        ulong index = mapping.PageIndexOf(page);
        if (container.IsOnDemand(mapping) && !mapping.HeldPages[index])
        {
            Errno error = Hold(container, mapping, index, frame);
            if (error != Errno.None)
            {
                return error;
            }
        }

        OwnRangesOf(group).Add(page.PageNumber);
        return Errno.None;
    }

    public virtual bool Unpinning(Type1Container container, IommuGroup group, DmaMapping mapping, Iova page)
    {
        bool isShared = !container.IsOnDemand(mapping);

        // A mediated group has no scope; what it gives back must not be the pin that keeps another group's page entered.
        if (container.FindGroup(group) is null)
        {
            return isShared
                || (mapping.ExternalPins.TryFind(page, out _, out int references) && references > ReferencesByGroups(container, page.PageNumber));
        }

        if (Find(group) is not { } ranges || !ranges.Remove(page.PageNumber))
        {
            return isShared;
        }

        if (mapping.HeldPages[mapping.PageIndexOf(page)] && ReferencesByGroups(container, page.PageNumber) == 0)
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
                Find(group.IommuGroup)?.Forget(mapping.Range.First.PageNumber, mapping.Range.Last.PageNumber);
            }
        }
    }

    public virtual void Left(Type1Container container, IommuGroup group)
    {
        foreach (PinnedRange range in Forget(group))
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

    protected static IovaRange RangeOf((ulong First, ulong Last) pages) =>
        IovaRange.OfPages(new Iova(pages.First << Page.Shift), pages.Last - pages.First + 1);

    protected PinnedRanges? Find(IommuGroup group) => _pinned.GetValueOrDefault(group);

    protected PinnedRanges OwnRangesOf(IommuGroup group)
    {
        if (!_pinned.TryGetValue(group, out PinnedRanges? ranges))
        {
            _pinned.Add(group, ranges = new PinnedRanges());
        }

        return ranges;
    }

    /// <summary>Forgets what a group pinned.</summary>
    /// <returns>What it pinned.</returns>
    protected IReadOnlyList<PinnedRange> Forget(IommuGroup group) => _pinned.Remove(group, out PinnedRanges? ranges) ? ranges.Ranges : [];

    /// <summary>Whether a group is neither looked up for faults nor one of the container's mediated groups (E69).</summary>
    protected bool IsUnknown(Type1Container container, IommuGroup group) => !Linked.IsLinked(group) && container.ExternalGroups is null;

    /// <summary>Pins of every group with an IOMMU are recorded, whenever they are made (E65).</summary>
    protected virtual bool IsRecorded(Type1Container container, IommuGroup group) => container.FindGroup(group) is not null;

    /// <summary>Enters the pinned frame with everything the mapping grants, in place of what a fault may have entered (E63).</summary>
    protected virtual Errno Hold(Type1Container container, DmaMapping mapping, ulong index, Pfn frame)
    {
        Iova page = mapping.IovaOfPage(index);
        using (invalidations.Enter(container))
        {
            unmapper.Remove(container, mapping, IovaRange.OfPages(page, 1));
            Errno error = mapper.MapEverywhere(container, page, frame, 1, mapping.Prot);
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
            unmapper.Remove(container, mapping, IovaRange.OfPages(page, 1));
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
                references += Find(group.IommuGroup)?.ReferencesOf(page) ?? 0;
            }
        }

        return references;
    }
}
