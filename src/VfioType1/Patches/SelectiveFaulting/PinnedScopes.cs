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
internal sealed class PinnedScopes(
    HostKernel kernel,
    Type1Containers containers,
    IFaultingGroups linked,
    IInvalidationGuard invalidations,
    IPartialUnmapper unmapper,
    IDomainsMapper mapper) : IFaultableScope, IScopeChanges, IPinScopeRecorder, IPinScopeView
{
    private const string DetachFunction = "vfio_iommu_type1_detach_group";
    private readonly Dictionary<IommuGroup, PinnedRanges> _pinned = [];

    public IovaRange? ScopeOf(Type1Group group, Iova page)
    {
        if (kernel.IsPosted(Erratum.E62))
        {
            return PostedScopeOf(group, page);
        }

        if (!_pinned.TryGetValue(group.IommuGroup, out PinnedRanges? ranges) || ranges.IsEmpty)
        {
            // Posted: once a group pinned anything it stays selective, and an empty list allows nothing (E64).
            return IsSelective(group.IommuGroup) ? null : IovaRange.All;
        }

        return RangeOf(ranges.Around(page.PageNumber, ulong.MaxValue >> Page.Shift));
    }

    public long GenerationOf(Type1Group group) => _pinned.TryGetValue(group.IommuGroup, out PinnedRanges? ranges) ? ranges.Generation : 0;

    /// <summary>Whether a group is in the posted code's selective mode.</summary>
    public bool IsSelective(IommuGroup group) =>
        _pinned.TryGetValue(group, out PinnedRanges? ranges) && (!ranges.IsEmpty || (ranges.WasUsed && kernel.IsPosted(Erratum.E64)));

    /// <summary>The ranges of a group; empty if it pinned nothing.</summary>
    public IReadOnlyList<PinnedRange> RangesOf(IommuGroup group) => _pinned.TryGetValue(group, out PinnedRanges? ranges) ? ranges.Ranges : [];

    public Errno Begin(Type1Container container, IommuGroup group)
    {
        if (!container.IsIopfEnabled)
        {
            return Errno.None;
        }

        if (!linked.IsLinked(group) && container.ExternalGroups is null)
        {
            // Posted: the list of mediated groups is searched without a test whether there is one.
            return kernel.IsPosted(Erratum.E69)
                ? throw new KernelOopsException("NULL pointer dereference", "find_iommu_group")
                : Errno.EINVAL;
        }

        // Posted: the list is copied, changed, and put in place of the old one when all went well.
        int copies = kernel.IsPosted(Erratum.E68) ? RangesOf(group).Count : 0;
        return Allocates(copies, "vfio_range_list_get_copy") ? Errno.None : Errno.ENOMEM;
    }

    public Errno Pinned(Type1Container container, IommuGroup group, DmaMapping mapping, Iova page, Pfn frame)
    {
        if (!IsRecorded(container, group))
        {
            return Errno.None;
        }

        PinnedRanges ranges = OwnRangesOf(group);
        int nodes = kernel.IsPosted(Erratum.E68) ? ranges.NodesToAdd(page.PageNumber) : 0;
        if (!Allocates(nodes, "vfio_add_to_range_list"))
        {
            return Errno.ENOMEM;
        }

        // Posted: the pinned page is not entered in the IOMMU; the device faults on it like on any other (E63).
        ulong index = mapping.PageIndexOf(page);
        if (container.IsOnDemand(mapping) && !mapping.HeldPages[index] && !kernel.IsPosted(Erratum.E63))
        {
            Errno error = Hold(container, mapping, index, frame);
            if (error != Errno.None)
            {
                return error;
            }
        }

        ranges.Add(page.PageNumber);
        return Errno.None;
    }

    public void Done(Type1Container container, IommuGroup group)
    {
        if (IsRecorded(container, group))
        {
            OwnRangesOf(group).WasUsed = true;
        }
    }

    public Result<bool> Unpinning(Type1Container container, IommuGroup group, DmaMapping mapping, Iova page)
    {
        // Posted: the shared pin goes, whoever took it.
        bool isShared = kernel.IsPosted(Erratum.E72) || !container.IsOnDemand(mapping);

        // A mediated group has no scope; what it gives back must not be the pin that keeps another group's page entered.
        if (container.FindGroup(group) is null)
        {
            return isShared
                || (mapping.ExternalPins.TryFind(page, out _, out int references) && references > ReferencesByGroups(container, page.PageNumber));
        }

        if (container.IsIopfEnabled && kernel.IsPosted(Erratum.E69) && !linked.IsLinked(group) && container.ExternalGroups is null)
        {
            throw new KernelOopsException("NULL pointer dereference", "find_iommu_group");
        }

        if (!_pinned.TryGetValue(group, out PinnedRanges? ranges) || ranges.ReferencesOf(page.PageNumber) == 0)
        {
            return isShared;
        }

        // Posted: splitting a range takes memory; without it the page stays pinned.
        int nodes = kernel.IsPosted(Erratum.E68) ? ranges.NodesToRemove(page.PageNumber) : 0;
        if (!Allocates(nodes, "vfio_remove_from_range_list"))
        {
            return Errno.ENOMEM;
        }

        ranges.Remove(page.PageNumber);
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

        // Posted: a list that is not empty is warned about, and never freed.
        if (!ranges.IsEmpty && kernel.IsPosted(Erratum.E66))
        {
            kernel.Warn(DetachFunction, "pinned ranges left");
            containers.LeakedRanges += ranges.Ranges.Count;
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

    private static IovaRange RangeOf((ulong First, ulong Last) pages) =>
        IovaRange.OfPages(new Iova(pages.First << Page.Shift), pages.Last - pages.First + 1);

    /// <summary>Posted: a fault of a selective group is served inside what it pinned, and nowhere else (E62).</summary>
    private IovaRange? PostedScopeOf(Type1Group group, Iova page)
    {
        // What is mapped for one group is mapped for all. Posted: only the scope of the group that faults counts (E71).
        if (!kernel.IsPosted(Erratum.E71) && IsOutsideOthers(group.IommuGroup, page.PageNumber))
        {
            return null;
        }

        if (!IsSelective(group.IommuGroup))
        {
            return IovaRange.All;
        }

        PinnedRanges ranges = _pinned[group.IommuGroup];
        if (ranges.ReferencesOf(page.PageNumber) == 0)
        {
            return null;
        }

        return RangeOf(ranges.Around(page.PageNumber, ulong.MaxValue >> Page.Shift));
    }

    private bool IsOutsideOthers(IommuGroup group, ulong page)
    {
        foreach ((Type1Container container, IommuGroup other) in linked is ILinkedGroups all ? all.Linked : [])
        {
            bool isShared = !ReferenceEquals(other, group) && container.FindGroup(group) is not null;
            if (isShared && IsSelective(other) && _pinned[other].ReferencesOf(page) == 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Posted: what was pinned before ENABLE_IOPF, or for a group without a look-up, is not recorded (E65).</summary>
    private bool IsRecorded(Type1Container container, IommuGroup group) =>
        kernel.IsPosted(Erratum.E65) ? container.IsIopfEnabled && linked.IsLinked(group) : container.FindGroup(group) is not null;

    private PinnedRanges OwnRangesOf(IommuGroup group)
    {
        if (!_pinned.TryGetValue(group, out PinnedRanges? ranges))
        {
            _pinned.Add(group, ranges = new PinnedRanges());
        }

        return ranges;
    }

    private bool Allocates(int nodes, string function)
    {
        for (int i = 0; i < nodes; i++)
        {
            if (!kernel.Allocates(function))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Enters the pinned frame with everything the mapping grants, in place of what a fault may have entered.</summary>
    private Errno Hold(Type1Container container, DmaMapping mapping, ulong index, Pfn frame)
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
                references += _pinned.TryGetValue(group.IommuGroup, out PinnedRanges? ranges) ? ranges.ReferencesOf(page) : 0;
            }
        }

        return references;
    }
}
