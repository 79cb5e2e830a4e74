using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1;

/// <summary>The type1 backend's state for one VFIO container.</summary>
/// <remarks>Kernel: <c>struct vfio_iommu</c>. <see cref="Lock"/> protects everything here unless a member says otherwise.</remarks>
public sealed class Type1Container
{
    private const int RemovedKept = 16;
    private readonly HostKernel _kernel;
    private readonly Stack<DmaMapping> _removed = new(RemovedKept);

    /// <summary>Creates the state of a container that was just opened.</summary>
    /// <param name="kernel">Scheduler, clock and trace.</param>
    /// <param name="id">A number for reports, unique in a run.</param>
    /// <param name="isV2">Whether unmapping may not bisect mappings (<c>VFIO_TYPE1v2_IOMMU</c>).</param>
    /// <param name="isNesting">Whether its domains are nesting domains (<c>VFIO_TYPE1_NESTING_IOMMU</c>).</param>
    /// <param name="mappingLimit">How many mappings may exist at once.</param>
    public Type1Container(HostKernel kernel, int id, bool isV2, bool isNesting, int mappingLimit)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        _kernel = kernel;
        Id = id;
        IsV2 = isV2;
        IsNesting = isNesting;
        MappingsAvailable = mappingLimit;
        Lock = new KernelMutex(kernel.Scheduler, $"iommu.lock (container {id})", "iommu.lock");
        PagesLock = new KernelMutex(kernel.Scheduler, $"iommu.pages_lock (container {id})", "iommu.pages_lock");
        VaddrWait = new WaitQueue(kernel.Scheduler, $"a valid vaddr (container {id})", endsWithUserSpace: true);
        InvalidationWait = new WaitQueue(kernel.Scheduler, $"the end of an invalidation (container {id})");
    }

    /// <summary>A number for reports, unique in a run.</summary>
    public int Id { get; }

    /// <summary>Whether unmapping may not bisect mappings.</summary>
    public bool IsV2 { get; }

    /// <summary>Whether the domains translate guest-physical addresses only (stage 2).</summary>
    public bool IsNesting { get; }

    /// <summary>Protects the container. Never held while pages of a faulting access are obtained.</summary>
    /// <remarks>Kernel: <c>iommu-&gt;lock</c>.</remarks>
    public KernelMutex Lock { get; }

    /// <summary>
    /// Keeps what is mapped on demand and the MMU notifier apart: the innermost lock of the container, taken inside
    /// <see cref="Lock"/>, mmap_lock and the rmap locks; nothing that may reclaim memory runs under it.
    /// </summary>
    /// <remarks>
    /// Deviation: the posted notifier takes <c>iommu-&gt;lock</c>, which closes lock cycles (E23 to E26). Only the unpinned-mapping
    /// patch takes this lock, through <see cref="IInvalidationGuard"/>.
    /// </remarks>
    public KernelMutex PagesLock { get; }

    /// <summary>Where threads sleep until every mapping has a valid vaddr again.</summary>
    /// <remarks>Kernel: <c>vaddr_wait</c>.</remarks>
    public WaitQueue VaddrWait { get; }

    /// <summary>Where faults sleep until the CPU's mapping of their page has changed, before they obtain the page again.</summary>
    /// <remarks>Kernel: the queue that <c>mmu_interval_read_begin</c> sleeps on.</remarks>
    public WaitQueue InvalidationWait { get; }

    /// <summary>How often those that sleep on <see cref="VaddrWait"/> were woken.</summary>
    internal long VaddrWakes { get; private set; }

    /// <summary>The IOMMU domains, newest first. Changed under <see cref="Lock"/> and inside <see cref="IInvalidationGuard"/>.</summary>
    /// <remarks>Kernel: <c>domain_list</c>. The newest is "the first domain" of look-ups by physical address.</remarks>
    public List<Type1Domain> Domains { get; } = [];

    /// <summary>The groups of mediated devices without an IOMMU of their own; <see langword="null"/> if there are none.</summary>
    /// <remarks>Kernel: <c>external_domain</c>.</remarks>
    public List<Type1Group>? ExternalGroups { get; set; }

    /// <summary>The DMA mappings. Changed under <see cref="Lock"/> and inside <see cref="IInvalidationGuard"/>.</summary>
    /// <remarks>Kernel: <c>dma_list</c>.</remarks>
    public MappingTree Mappings { get; } = new();

    /// <summary>The iova ranges that may be mapped; empty means all.</summary>
    /// <remarks>Kernel: <c>iova_list</c>.</remarks>
    public List<IovaRange> ValidIova { get; } = [];

    /// <summary>How many more mappings may be made.</summary>
    /// <remarks>Kernel: <c>dma_avail</c>.</remarks>
    public int MappingsAvailable { get; set; }

    /// <summary>How many mappings wait for a new vaddr.</summary>
    /// <remarks>Kernel: <c>vaddr_invalid_count</c>.</remarks>
    public int VaddrInvalidCount { get; set; }

    /// <summary>The page sizes that every domain supports; bit n stands for 2^n bytes.</summary>
    /// <remarks>Kernel: <c>pgsize_bitmap</c>.</remarks>
    public ulong PageSizes { get; set; } = ~(Page.Size - 1);

    /// <summary>How many IOMMU groups may write to any mapped page without telling.</summary>
    /// <remarks>Kernel: <c>num_non_pinned_groups</c>.</remarks>
    public int NonPinnedGroups { get; set; }

    /// <summary>Whether dirty pages are logged.</summary>
    /// <remarks>Kernel: <c>dirty_page_tracking</c>.</remarks>
    public bool IsTrackingDirtyPages { get; set; }

    /// <summary>Whether the container's file is still open.</summary>
    /// <remarks>Kernel: <c>container_open</c>.</remarks>
    public bool IsOpen { get; set; } = true;

    /// <summary>Whether the backend let go of it.</summary>
    public bool IsReleased { get; internal set; }

    /// <summary>Whether faults of the devices are served: set by <c>VFIO_IOMMU_ENABLE_IOPF</c>, never cleared.</summary>
    /// <remarks>Kernel: <c>iopf_enabled</c>.</remarks>
    public bool IsIopfEnabled { get; set; }

    /// <summary>Which ranges of the owners' memory are being invalidated, and which were lately.</summary>
    public InvalidationLog Invalidations { get; } = new();

    /// <summary>The address space whose process enabled IOPF; watched until the container is released.</summary>
    /// <remarks>Kernel: <c>iommu-&gt;mm</c> of the posting.</remarks>
    public AddressSpace? IopfOwner { get; set; }

    /// <summary>Vendor drivers to be told when a mapping with pinned pages is unmapped.</summary>
    /// <remarks>Kernel: the blocking notifier chain.</remarks>
    public List<Vfio.IVfioDmaUnmapNotifier> UnmapNotifiers { get; } = [];

    /// <summary>How many pinned pages its mappings left behind when they were removed (E66).</summary>
    internal int LeakedPins { get; set; }

    /// <summary>How many ranges of pinned pages its groups left behind when they were detached (E66).</summary>
    internal int LeakedRanges { get; set; }

    /// <summary>Room for pages pinned in one call; used under <see cref="Lock"/>.</summary>
    internal PinBatch PinBatch { get; } = new();

    /// <summary>Room for what waits for an IOTLB sync; used under <see cref="Lock"/>.</summary>
    internal List<UnmappedRegion> UnmappedRegions { get; } = [];

    /// <summary>How many bytes the bitmaps of its mappings take. Posted: one bit a page from the start, accounted to nobody (E59).</summary>
    public long BitmapBytes
    {
        get
        {
            long bytes = 0;
            foreach (DmaMapping mapping in Mappings)
            {
                bytes += mapping.IsOnDemand && _kernel.IsPosted(Erratum.E59) ? (long)(mapping.Size >> Page.Shift >> 3) : mapping.MappedPages.Bytes;
            }

            return bytes;
        }
    }

    /// <summary>The smallest page size that every domain supports, in bytes.</summary>
    public ulong Granule => PageSizes & (~PageSizes + 1);

    /// <summary>The domain whose tables answer look-ups by physical address.</summary>
    public Type1Domain? FirstDomain => Domains.Count > 0 ? Domains[0] : null;

    /// <summary>Whether a mapping's pages are entered by faults, and taken out by its bitmap.</summary>
    internal bool IsOnDemand(DmaMapping mapping) =>
        mapping.IsOnDemand

        // Posted: once IOPF is on, every mapping is taken for one that was made under it.
        || (IsIopfEnabled && _kernel.IsPosted(Erratum.E37));

    /// <summary>Makes a mapping, out of one that was removed if there is one.</summary>
    internal DmaMapping NewMapping(Iova iova, UserAddress vaddr, IommuProt prot, Process task, AddressSpace mm, bool hasLockCap) =>
        _removed.TryPop(out DmaMapping? removed)
            ? removed.Renew(iova, vaddr, prot, task, mm, hasLockCap)
            : new DmaMapping(iova, vaddr, prot, task, mm, hasLockCap);

    /// <summary>Keeps a removed mapping for the next one.</summary>
    internal void Recycle(DmaMapping mapping)
    {
        // The posted code may leave bits and pins behind.
        bool isEmpty = mapping.MappedPages.Count == 0 && mapping.ExternalPins.Count == 0;
        if (isEmpty && _removed.Count < RemovedKept)
        {
            _removed.Push(mapping);
        }
    }

    /// <summary>The domain and group state of an attached IOMMU group.</summary>
    /// <param name="group">The IOMMU group, or the one that is in the domain for it.</param>
    /// <returns>Its domain and state, or <see langword="null"/> when it is not attached to an IOMMU domain of this container.</returns>
    public (Type1Domain Domain, Type1Group Group)? FindGroup(IommuGroup group)
    {
        foreach (Type1Domain domain in Domains)
        {
            foreach (Type1Group candidate in domain.Groups)
            {
                if (ReferenceEquals(candidate.IommuGroup, group) || ReferenceEquals(candidate.Translated, group))
                {
                    return (domain, candidate);
                }
            }
        }

        return null;
    }

    /// <summary>Has everybody who sleeps on <see cref="VaddrWait"/> look again, whatever happens before they run.</summary>
    internal void WakeVaddrWaiters()
    {
        VaddrWakes++;
        VaddrWait.WakeAll();
    }

    /// <inheritdoc/>
    public override string ToString() => $"container {Id}";
}
