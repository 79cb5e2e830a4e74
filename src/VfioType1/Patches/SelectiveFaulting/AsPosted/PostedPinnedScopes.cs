using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1.Patches.SelectiveFaulting;

/// <summary>Patch 7 as posted: a group that pinned pages once may fault on pinned pages only, and these are not entered.</summary>
/// <remarks>Kernel: the range bookkeeping of <c>vfio_iommu_type1_pin_pages</c>, <c>_unpin_pages</c> and <c>vfio_iommu_type1_dma_map_iopf</c> of the posting.</remarks>
internal sealed class PostedPinnedScopes(
    HostKernel kernel,
    IFaultingGroups linked,
    IInvalidationGuard invalidations,
    IPartialUnmapper unmapper,
    IDomainsMapper mapper)
    : PinnedScopes(linked, invalidations, unmapper, mapper), IScopeChanges, IPinCalls, IAsPosted
{
    private readonly HashSet<IommuGroup> _selective = [];
    private readonly Dictionary<IommuGroup, long> _changes = [];

    public static ErrataSet Errata { get; } = ErrataSet.Of(
        Erratum.E62, Erratum.E63, Erratum.E64, Erratum.E65, Erratum.E66, Erratum.E67, Erratum.E68, Erratum.E69, Erratum.E71, Erratum.E72);

    public long GenerationOf(Type1Group group) => _changes.GetValueOrDefault(group.IommuGroup);

    /// <summary>Once a group pinned anything it stays selective, and an empty list allows nothing (E64).</summary>
    public override bool IsSelective(IommuGroup group) => base.IsSelective(group) || (_selective.Contains(group) && kernel.IsPosted(Erratum.E64));

    public override IovaRange? ScopeOf(Type1Group group, Iova page)
    {
        if (kernel.IsPosted(Erratum.E62))
        {
            return PostedScopeOf(group.IommuGroup, page);
        }

        return IsSelective(group.IommuGroup) && RangesOf(group.IommuGroup).Count == 0 ? null : base.ScopeOf(group, page);
    }

    public override Errno Begin(Type1Container container, IommuGroup group)
    {
        if (!container.IsIopfEnabled)
        {
            return Errno.None;
        }

        RequireKnown(container, group);
        Errno error = base.Begin(container, group);

        // The list is copied, changed, and put in place of the old one when all went well (E68).
        return error == Errno.None && !Allocates(RangesOf(group).Count, "vfio_range_list_get_copy") ? Errno.ENOMEM : error;
    }

    public override Errno Pinned(Type1Container container, IommuGroup group, DmaMapping mapping, Iova page, Pfn frame)
    {
        if (!IsRecorded(container, group))
        {
            return Errno.None;
        }

        if (!Allocates(PostedRangeNodes.ToAdd(RangesOf(group), page.PageNumber), "vfio_add_to_range_list"))
        {
            return Errno.ENOMEM;
        }

        Errno error = base.Pinned(container, group, mapping, page, frame);
        NoteChange(group, error == Errno.None);
        return error;
    }

    public void Succeeded(Type1Container container, IommuGroup group)
    {
        if (IsRecorded(container, group))
        {
            _selective.Add(group);
        }
    }

    public Errno BeginUnpin(Type1Container container, IommuGroup group, Iova page)
    {
        if (container.FindGroup(group) is null)
        {
            return Errno.None;
        }

        if (container.IsIopfEnabled)
        {
            RequireKnown(container, group);
        }

        // Splitting a range takes memory; without it the page stays pinned (E68).
        int nodes = PostedRangeNodes.ToRemove(RangesOf(group), page.PageNumber);
        return Allocates(nodes, "vfio_remove_from_range_list") ? Errno.None : Errno.ENOMEM;
    }

    /// <summary>Gives back the shared pin, whichever group took it (E72).</summary>
    public override bool Unpinning(Type1Container container, IommuGroup group, DmaMapping mapping, Iova page)
    {
        NoteChange(group, container.FindGroup(group) is not null && Find(group)?.ReferencesOf(page.PageNumber) > 0);
        bool isIts = base.Unpinning(container, group, mapping, page);
        return isIts || kernel.IsPosted(Erratum.E72);
    }

    /// <summary>Warns about a list that is not empty, and never frees it (E66).</summary>
    public override void Left(Type1Container container, IommuGroup group)
    {
        _selective.Remove(group);
        _changes.Remove(group);
        if (!kernel.IsPosted(Erratum.E66))
        {
            base.Left(container, group);
            return;
        }

        int left = Forget(group).Count;
        if (left > 0)
        {
            kernel.Warn("vfio_iommu_type1_detach_group", "pinned ranges left");
            container.LeakedRanges += left;
        }
    }

    /// <summary>Does not record what was pinned before ENABLE_IOPF, or for a group that is not linked (E65).</summary>
    protected override bool IsRecorded(Type1Container container, IommuGroup group) =>
        kernel.IsPosted(Erratum.E65) ? container.IsIopfEnabled && Linked.IsLinked(group) : base.IsRecorded(container, group);

    /// <summary>Does not enter the pinned page in the IOMMU; the device faults on it like on any other (E63).</summary>
    protected override Errno Hold(Type1Container container, DmaMapping mapping, ulong index, Pfn frame) =>
        kernel.IsPosted(Erratum.E63) ? Errno.None : base.Hold(container, mapping, index, frame);

    /// <summary>A fault of a selective group is served inside what it pinned, and nowhere else (E62).</summary>
    private IovaRange? PostedScopeOf(IommuGroup group, Iova page)
    {
        // What is mapped for one group is mapped for all, but only the scope of the group that faults counts (E71).
        if (!kernel.IsPosted(Erratum.E71) && IsOutsideOthers(group, page.PageNumber))
        {
            return null;
        }

        if (!IsSelective(group))
        {
            return IovaRange.All;
        }

        return Find(group) is { } ranges && ranges.ReferencesOf(page.PageNumber) > 0
            ? RangeOf(ranges.Around(page.PageNumber, ulong.MaxValue >> Page.Shift))
            : null;
    }

    private bool IsOutsideOthers(IommuGroup group, ulong page)
    {
        foreach ((Type1Container container, IommuGroup other) in Linked is ILinkedGroups all ? all.Linked : [])
        {
            bool isShared = !ReferenceEquals(other, group) && container.FindGroup(group) is not null;
            if (isShared && IsSelective(other) && (Find(other)?.ReferencesOf(page) ?? 0) == 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Searches the list of mediated groups without a test whether there is one (E69).</summary>
    private void RequireKnown(Type1Container container, IommuGroup group)
    {
        if (kernel.IsPosted(Erratum.E69) && IsUnknown(container, group))
        {
            throw new KernelOopsException("NULL pointer dereference", "find_iommu_group");
        }
    }

    private void NoteChange(IommuGroup group, bool hasChanged)
    {
        if (hasChanged)
        {
            _changes[group] = _changes.GetValueOrDefault(group) + 1;
        }
    }

    /// <summary>Allocates the nodes that the posted list takes (E68).</summary>
    private bool Allocates(int nodes, string function)
    {
        for (int i = 0; kernel.IsPosted(Erratum.E68) && i < nodes; i++)
        {
            if (!kernel.Allocates(function))
            {
                return false;
            }
        }

        return true;
    }
}
