using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.TestKit.Iommu;

/// <summary>A domain of 4 KiB pages in a dictionary: nothing is mapped twice, and nothing unmapped is mapped again before an IOTLB sync.</summary>
public sealed class FakeIommuDomain(HostKernel kernel) : IommuDomain(kernel, DomainType.Unmanaged)
{
    private readonly SortedDictionary<ulong, (ulong Physical, IommuProt Prot)> _entries = [];
    private readonly HashSet<ulong> _unsynced = [];

    /// <summary>Refuse to map the page of this iova.</summary>
    public Iova? MapFailsAt { get; set; }

    /// <summary>The answers to page requests, oldest first.</summary>
    public List<PageResponse> Responses { get; } = [];

    public int SyncCount { get; private set; }

    /// <summary>Pages that were unmapped and may still be cached.</summary>
    public int UnsyncedPages => _unsynced.Count;

    /// <summary>The mapped pages, ascending.</summary>
    public IReadOnlyList<ulong> MappedIovas => [.. _entries.Keys];

    public override ulong PageSizes => Page.Size;

    public override IovaRange Aperture => IovaRange.All;

    public override bool CanRespond => true;

    /// <summary>Whether stage 1 is the guest's.</summary>
    public bool Nested { get; set; }

    public override Result<bool> IsNested => Nested;

    public override Errno EnableNesting() => Errno.None;

    public override Errno AttachDevice(Device device) => Errno.None;

    public override void DetachDevice(Device device)
    {
        // It keeps no list of devices.
    }

    public override ulong? IovaToPhysical(Iova iova) =>
        _entries.TryGetValue(iova.PageStart.Value, out (ulong Physical, IommuProt Prot) entry) ? entry.Physical + (ulong)iova.PageOffset : null;

    public override IommuProt? ProtOf(Iova iova) =>
        _entries.TryGetValue(iova.PageStart.Value, out (ulong Physical, IommuProt Prot) entry) ? entry.Prot : null;

    public override void VisitEntries(Action<Iova, ulong, ulong> visit)
    {
        foreach ((ulong iova, (ulong physical, _)) in _entries)
        {
            visit(new Iova(iova), physical, Page.Size);
        }
    }

    protected override void FreeTables() => Invariant.Hold(_entries.Count == 0, "a domain is empty when it is freed");

    public override Errno RespondToPage(Device device, in PageResponse response)
    {
        Responses.Add(response);
        return Errno.None;
    }

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

    protected override void InvalidateIotlb(in IotlbGather gather)
    {
        SyncCount++;
        ulong first = gather.First;
        ulong last = gather.Last;
        _unsynced.RemoveWhere(iova => iova >= first && iova <= last);
    }
}
