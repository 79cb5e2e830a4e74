using Iopf.Iommu.Lpae;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.Iommu.Tests.Lpae;

/// <summary>A domain over a real table, whose IOTLB only writes down what it is told to forget.</summary>
internal sealed class TableDomain : IommuDomain, ILpaeTlb
{
    public TableDomain(LpaeStage stage = LpaeStage.Stage1)
        : this(new HostKernel(), stage)
    {
    }

    private TableDomain(HostKernel kernel, LpaeStage stage)
        : base(kernel, DomainType.Unmanaged)
    {
        Memory = new PhysicalMemory(kernel);
        Table = LpaePageTable.Create(Memory, this, stage, inputBits: 48, outputBits: 48).Value;
    }

    public PhysicalMemory Memory { get; }

    public LpaePageTable Table { get; }

    /// <summary>What the IOTLB forgot: "sync first-last by size" or "walk first size".</summary>
    public List<string> Forgotten { get; } = [];

    public override ulong PageSizes => LpaePageTable.PageSizes4K;

    public override IovaRange Aperture => IovaRange.OfLength(new Iova(0), 1UL << 48);

    public override bool CanRespond => false;

    public override Result<bool> IsNested => false;

    public override Errno EnableNesting() => Errno.EPERM;

    public override Errno AttachDevice(Device device) => Errno.None;

    public override void DetachDevice(Device device)
    {
        // No device is attached in these tests.
    }

    public override ulong? IovaToPhysical(Iova iova) => Table.IovaToPhysical(iova);

    public override IommuProt? ProtOf(Iova iova) => Table.ProtOf(iova);

    public override void VisitEntries(Action<Iova, ulong, ulong> visit) => Table.Visit(visit);

    protected override void FreeTables() => Table.Free();

    public override Errno RespondToPage(Device device, in PageResponse response) => Errno.ENODEV;

    public void FlushWalk(ulong iova, ulong size, ulong granule) => Forgotten.Add($"walk 0x{iova:x} 0x{size:x}");

    public void AddPage(ref IotlbGather gather, ulong iova, ulong granule) => Gather(ref gather, iova, granule);

    protected override Errno MapBlock(Iova iova, ulong physicalAddress, ulong size, IommuProt prot) =>
        Table.Map(iova, physicalAddress, size, prot);

    protected override ulong UnmapBlock(Iova iova, ulong size, ref IotlbGather gather) => Table.Unmap(iova, size, ref gather);

    protected override void InvalidateIotlb(in IotlbGather gather) =>
        Forgotten.Add($"sync 0x{gather.First:x}-0x{gather.Last:x} by 0x{gather.PageSize:x}");
}
