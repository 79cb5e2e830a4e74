using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.Replay.Posted;

/// <summary>A domain of the recorder's IOMMU: a map of pages up to 2 GiB, and a note of every call.</summary>
internal sealed class RecordedDomain(HostKernel kernel, RecordedKnobs knobs, RecordedCalls calls, int id, DomainType type) : IommuDomain(kernel, type)
{
    private const ulong EndPage = 1UL << (31 - Page.Shift);
    private bool _isNesting;

    /// <summary>Its number, counted from the first that was ever allocated; 0 for a default domain.</summary>
    public int Id { get; } = id;

    /// <summary>The entries by iova page.</summary>
    public SortedDictionary<ulong, RecordedEntry> Entries { get; } = [];

    /// <inheritdoc/>
    public override ulong PageSizes => ~(Page.Size - 1);

    /// <inheritdoc/>
    public override IovaRange Aperture => IovaRange.All;

    /// <inheritdoc/>
    public override bool SplitsBlocks => knobs.BlockPages == 0;

    /// <inheritdoc/>
    public override bool CanRespond => knobs.CanRespond;

    /// <inheritdoc/>
    public override Result<bool> IsNested => knobs.HidesNesting ? Errno.ENODEV : _isNesting;

    /// <inheritdoc/>
    public override Errno EnableNesting()
    {
        _isNesting = true;
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno AttachDevice(Device device) => Errno.None;

    /// <inheritdoc/>
    public override void DetachDevice(Device device)
    {
        // Nothing is kept per device.
    }

    /// <inheritdoc/>
    public override ulong? IovaToPhysical(Iova iova) =>
        Entries.TryGetValue(iova.PageNumber, out RecordedEntry entry) ? (entry.Frame << Page.Shift) | (iova.Value & Page.OffsetMask) : null;

    /// <inheritdoc/>
    public override IommuProt? ProtOf(Iova iova) => Entries.TryGetValue(iova.PageNumber, out RecordedEntry entry) ? entry.Prot : null;

    /// <inheritdoc/>
    public override Errno RespondToPage(Device device, in PageResponse response)
    {
        calls.Response = response.Code.ToString().ToUpperInvariant();
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno Map(Iova iova, ulong physicalAddress, ulong size, IommuProt prot)
    {
        ulong first = iova.PageNumber;
        ulong frame = physicalAddress >> Page.Shift;
        ulong count = size >> Page.Shift;
        Errno error = Errno.None;
        for (ulong page = first; page < first + count && error == Errno.None; page++)
        {
            error = Judge(page);
        }

        for (ulong i = 0; i < count && error == Errno.None; i++)
        {
            Entries.Add(first + i, new RecordedEntry(frame + i, prot, BlockOf(first, frame, count, i)));
        }

        calls.Add("map", Id, first, frame, count, RecordedText.Of(prot), RecordedText.Of(error));
        return error;
    }

    /// <inheritdoc/>
    public override ulong Unmap(Iova iova, ulong size) => Unmap("unmap", iova, size);

    /// <inheritdoc/>
    public override ulong UnmapFast(Iova iova, ulong size, ref IotlbGather gather) => Unmap("unmap_fast", iova, size);

    /// <inheritdoc/>
    public override void SyncIotlb(ref IotlbGather gather) => calls.Add("sync", Id);

    /// <inheritdoc/>
    protected override void FreeTables() => Entries.Clear();

    /// <inheritdoc/>
    protected override Errno MapBlock(Iova iova, ulong physicalAddress, ulong size, IommuProt prot) => Errno.EINVAL;

    /// <inheritdoc/>
    protected override ulong UnmapBlock(Iova iova, ulong size, ref IotlbGather gather) => 0;

    /// <inheritdoc/>
    protected override void InvalidateIotlb(in IotlbGather gather)
    {
        // There is no TLB to be kept true.
    }

    private Errno Judge(ulong page)
    {
        bool fails = knobs.FailingPage != 0 && page == knobs.FailingPage && (knobs.FailingDomain == 0 || knobs.FailingDomain == Id);
        if (fails)
        {
            return Errno.ENOMEM;
        }

        if (page >= EndPage)
        {
            return Errno.ERANGE;
        }

        return Entries.ContainsKey(page) ? Errno.EEXIST : Errno.None;
    }

    /// <summary>The first page of the block that a page of a call lies in; null where the call does not hold the block whole.</summary>
    private ulong? BlockOf(ulong first, ulong frame, ulong count, ulong index)
    {
        ulong length = knobs.BlockPages;
        if (length == 0 || ((first ^ frame) & (length - 1)) != 0)
        {
            return null;
        }

        ulong start = (first + index) & ~(length - 1);
        return start >= first && start + length <= first + count ? start : null;
    }

    private ulong Unmap(string call, Iova iova, ulong size)
    {
        ulong first = iova.PageNumber;
        ulong count = size >> Page.Shift;
        ulong done = 0;
        while (done < count && Entries.TryGetValue(first + done, out RecordedEntry entry))
        {
            if (entry.Block is not { } start)
            {
                Entries.Remove(first + done);
                done++;
                continue;
            }

            ulong page = start;
            while (Entries.TryGetValue(page, out RecordedEntry part) && part.Block == start)
            {
                Entries.Remove(page++);
            }

            done += page - start;
        }

        calls.Add(call, Id, first, count, done);
        return done << Page.Shift;
    }
}
