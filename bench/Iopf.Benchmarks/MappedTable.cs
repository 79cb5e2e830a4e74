using Iopf.Iommu;
using Iopf.Iommu.Lpae;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.Benchmarks;

/// <summary>A stage-1 page table in host memory, without a domain around it: what the C baseline has.</summary>
internal sealed class MappedTable : ILpaeTlb
{
    private const ulong FirstIova = 0x10_0000_0000;
    private const ulong Physical = 0x1_0000_0000;

    private readonly LpaePageTable _table;

    public MappedTable()
    {
        PhysicalMemory memory = new(new HostKernel());
        _table = LpaePageTable.Create(memory, this, LpaeStage.Stage1, 48, 48).Value;
    }

    /// <summary>Enters blocks of one size, so many in a call.</summary>
    public void Map(ulong size, ulong blocks, ulong perCall)
    {
        for (ulong done = 0; done < blocks * size; done += perCall * size)
        {
            ulong mapped = 0;
            Errno error = _table.Map(new Iova(FirstIova + done), Physical + done, size, perCall, IommuProt.Read | IommuProt.Write, ref mapped);
            Require(error == Errno.None && mapped == perCall * size);
        }
    }

    /// <summary>Takes blocks of one size out, so many in a call.</summary>
    public void Unmap(ulong size, ulong blocks, ulong perCall)
    {
        IotlbGather gather = default;
        for (ulong done = 0; done < blocks * size; done += perCall * size)
        {
            Require(_table.Unmap(new Iova(FirstIova + done), size, perCall, ref gather) == perCall * size);
        }
    }

    void ILpaeTlb.FlushWalk(ulong iova, ulong size, ulong granule)
    {
        // No SMMU has read the table.
    }

    void ILpaeTlb.AddPage(ref IotlbGather gather, ulong iova, ulong granule) => gather.Add(iova, granule);

    private static void Require(bool isDone)
    {
        if (!isDone)
        {
            throw new InvalidOperationException("the page table did not do what was asked");
        }
    }
}
