using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1.Tests.Groups;

/// <summary>A domain that refuses what a test wants refused, and counts what it was asked.</summary>
internal sealed class PickyDomain(HostKernel kernel) : IommuDomain(kernel, DomainType.Unmanaged)
{
    public ulong Sizes { get; init; } = Page.Size;

    public IovaRange Space { get; init; } = IovaRange.All;

    public Errno NestingError { get; init; }

    private bool _wasFreed;

    /// <summary>What each attach answers in turn; 0 after the last.</summary>
    public Queue<Errno> AttachAnswers { get; init; } = [];

    /// <summary>How many bytes each unmap takes away; what was asked for if it is 0.</summary>
    public ulong Unmaps { get; init; }

    /// <summary>How many bytes are mapped.</summary>
    public long Entries { get; private set; }

    public int Attached { get; private set; }

    public override ulong PageSizes => Sizes;

    public override IovaRange Aperture => Space;

    public override bool CanRespond => false;

    public override Result<bool> IsNested => false;

    public override Errno EnableNesting() => NestingError;

    public override Errno AttachDevice(Device device)
    {
        Errno answer = AttachAnswers.TryDequeue(out Errno error) ? error : Errno.None;
        Attached += answer == Errno.None ? 1 : 0;
        return answer;
    }

    public override void DetachDevice(Device device) => Attached--;

    public override ulong? IovaToPhysical(Iova iova) => null;

    public override IommuProt? ProtOf(Iova iova) => null;

    public override void VisitEntries(Action<Iova, ulong, ulong> visit)
    {
        // It translates nothing.
    }

    protected override void FreeTables()
    {
        Invariant.Hold(!_wasFreed && Attached == 0, "a domain is freed once, without devices");
        _wasFreed = true;
    }

    public override Errno RespondToPage(Device device, in PageResponse response) => Errno.EOPNOTSUPP;

    protected override Errno MapBlock(Iova iova, ulong physicalAddress, ulong size, IommuProt prot)
    {
        Entries += (long)size;
        return Errno.None;
    }

    protected override ulong UnmapBlock(Iova iova, ulong size, ref IotlbGather gather)
    {
        ulong unmapped = Unmaps == 0 ? size : Unmaps;
        Entries -= (long)unmapped;
        return unmapped;
    }

    protected override void InvalidateIotlb(in IotlbGather gather)
    {
        // Nothing is cached.
    }
}
