using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.Testing;

/// <summary>A domain of 4 KiB pages, without hardware, that keeps what is mapped and which responses it was given.</summary>
/// <remarks>A page that is mapped twice, or mapped again before the IOTLB was told that it was unmapped, is an <see cref="InvariantViolationException"/>.</remarks>
/// <param name="kernel">The kernel.</param>
public sealed class FakeIommuDomain(HostKernel kernel) : IommuDomain(kernel, DomainType.Unmanaged)
{
    private readonly SortedDictionary<ulong, (ulong Physical, IommuProt Prot)> _entries = [];
    private readonly HashSet<ulong> _unsynced = [];

    /// <summary>The iova whose page cannot be mapped: ENOMEM. None unless set.</summary>
    public Iova? MapFailsAt { get; set; }

    /// <summary>The responses to page requests, oldest first.</summary>
    public List<PageResponse> Responses { get; } = [];

    /// <summary>How often the IOTLB was told to forget pages.</summary>
    public int SyncCount { get; private set; }

    /// <summary>How many pages were unmapped and may still be in the IOTLB.</summary>
    public int UnsyncedPages => _unsynced.Count;

    /// <summary>The iovas of the mapped pages, ascending.</summary>
    public IReadOnlyList<ulong> MappedIovas => [.. _entries.Keys];

    /// <inheritdoc/>
    public override ulong PageSizes => Page.Size;

    /// <inheritdoc/>
    public override IovaRange Aperture => IovaRange.All;

    /// <inheritdoc/>
    public override bool CanRespond => true;

    /// <summary>Whether stage 1 belongs to a guest (<c>DOMAIN_ATTR_NESTING</c>).</summary>
    public bool Nested { get; set; }

    /// <inheritdoc/>
    public override Result<bool> IsNested => Nested;

    /// <inheritdoc/>
    public override Errno EnableNesting() => Errno.None;

    /// <inheritdoc/>
    public override Errno AttachDevice(Device device) => Errno.None;

    /// <inheritdoc/>
    public override void DetachDevice(Device device)
    {
        // It keeps no list of devices.
    }

    /// <inheritdoc/>
    public override ulong? IovaToPhysical(Iova iova) =>
        _entries.TryGetValue(iova.PageStart.Value, out (ulong Physical, IommuProt Prot) entry) ? entry.Physical + (ulong)iova.PageOffset : null;

    /// <inheritdoc/>
    public override IommuProt? ProtOf(Iova iova) =>
        _entries.TryGetValue(iova.PageStart.Value, out (ulong Physical, IommuProt Prot) entry) ? entry.Prot : null;

    /// <inheritdoc/>
    public override void VisitEntries(Action<Iova, ulong, ulong> visit)
    {
        foreach ((ulong iova, (ulong physical, _)) in _entries)
        {
            visit(new Iova(iova), physical, Page.Size);
        }
    }

    /// <inheritdoc/>
    protected override void FreeTables() => Invariant.Hold(_entries.Count == 0, "a domain is empty when it is freed");

    /// <inheritdoc/>
    public override Errno RespondToPage(Device device, in PageResponse response)
    {
        Responses.Add(response);
        return Errno.None;
    }

    /// <inheritdoc/>
    protected override Errno MapBlock(Iova iova, ulong physicalAddress, ulong size, IommuProt prot)
    {
        if (iova == MapFailsAt)
        {
            return Errno.ENOMEM;
        }

        Invariant.Hold(!_unsynced.Contains(iova.Value), "a page is mapped again only after the IOTLB forgot it");
        bool isNew = _entries.TryAdd(iova.Value, (physicalAddress, prot));
        Invariant.Hold(isNew, "nothing is mapped twice");
        return Errno.None;
    }

    /// <inheritdoc/>
    protected override ulong UnmapBlock(Iova iova, ulong size, ref IotlbGather gather)
    {
        if (!_entries.Remove(iova.Value))
        {
            return 0;
        }

        _unsynced.Add(iova.Value);
        Gather(ref gather, iova.Value, size);
        return size;
    }

    /// <inheritdoc/>
    protected override void InvalidateIotlb(in IotlbGather gather)
    {
        SyncCount++;
        ulong first = gather.First;
        ulong last = gather.Last;
        _unsynced.RemoveWhere(iova => iova >= first && iova <= last);
    }
}
