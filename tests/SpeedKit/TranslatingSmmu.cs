using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Iommu.Lpae;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.SpeedKit;

/// <summary>An SMMU with a linear stream table, driven through registers and memory: what it does without a kernel above it.</summary>
/// <remarks>Pages of RAM are mapped in random order, so that tables and frames lie scattered. The IPA of nested tables is their physical address.</remarks>
public sealed class TranslatingSmmu : IBusMaster, ILpaeTlb
{
    /// <summary>The first address that is mapped.</summary>
    public const ulong FirstIova = 0x10_0000_0000;

    private const uint StreamId = 2;
    private const uint Substream = 3;
    private const ulong FirstOfRam = 0x10_0000;
    private const IommuProt ReadWrite = IommuProt.Read | IommuProt.Write;
    private readonly HostKernel _kernel = new();
    private readonly PhysicalMemory _memory;
    private readonly SmmuHardware _smmu;
    private readonly ulong _events;
    private readonly LpaePageTable? _stage2;
    private readonly uint? _substream;

    public TranslatingSmmu(Stages stages, int[] order, Watched watched)
    {
        _memory = new PhysicalMemory(_kernel);
        _smmu = new SmmuHardware(_kernel, _memory, new SmmuHardwareOptions(), "smmu");
        ulong streams = NewPage();
        _events = NewPage();
        _smmu.WriteRegister(SmmuRegister.STRTAB_BASE, streams);
        _smmu.WriteRegister(SmmuRegister.STRTAB_BASE_CFG, 4);
        _smmu.WriteRegister(SmmuRegister.EVENTQ_BASE, _events | 7);
        _substream = stages == Stages.Nested ? Substream : null;
        _stage2 = stages == Stages.One ? null : NewTable(LpaeStage.Stage2);
        LpaePageTable stage1 = NewTable(LpaeStage.Stage1);
        MapScattered(stage1, order);
        StreamTableEntry ste = new()
        {
            IsValid = true,
            Config = stages == Stages.One ? StreamConfig.Stage1 : StreamConfig.Nested,
            S1ContextPtr = WriteContexts(stage1.Root),
            S1CDMax = _substream is null ? 0 : 4,
            S1DSS = 0,
            S2VMID = 3,
            S2T0SZ = 16,
            S2SL0 = 2,
            S2PS = 5,
            S2AA64 = true,
            S2R = true,
            S2TTB = _stage2?.Root ?? 0,
        };
        ste.Write(_memory, streams + (StreamId * 64));
        MapRamOneToOne();
        _smmu.WriteRegister(SmmuRegister.CR0, 0xd);
        watched.Over(_kernel.Trace);
    }

    /// <summary>Translates reads of one page again and again.</summary>
    public void Hit(int times)
    {
        for (int i = 0; i < times; i++)
        {
            Translate(FirstIova, DmaOutcome.Completed);
        }
    }

    /// <summary>Translates one read of each page.</summary>
    public void Walk(int[] order)
    {
        foreach (int page in order)
        {
            Translate(FirstIova + ((ulong)page << Page.Shift), DmaOutcome.Completed);
        }
    }

    /// <summary>Walks the tables for one read of each page, without anything else that a translation takes.</summary>
    public void WalkTables(int[] order)
    {
        PageTableWalker walker = _smmu.Walker;
        StreamContext context = _smmu.ContextOf(StreamId, _substream)!;
        foreach (int page in order)
        {
            TranslationFault fault = default;
            if (!walker.Walk(context, FirstIova + ((ulong)page << Page.Shift), AccessRights.Read, out Translation translation, ref fault)
                || translation.PhysicalAddress == 0)
            {
                throw new InvalidOperationException($"page {page} is not mapped");
            }
        }
    }

    /// <summary>Translates reads of what is not mapped: each ends in an event record, which is consumed.</summary>
    public void Fault(int times)
    {
        for (int i = 0; i < times; i++)
        {
            Translate(FirstIova - Page.Size, DmaOutcome.Aborted);
            ulong consumer = _smmu.ReadRegister(SmmuRegister.EVENTQ_CONS);
            if ((_memory.ReadWord(_events + ((consumer & 127) * 32)) & 0xff) != (ulong)SmmuEventType.F_TRANSLATION)
            {
                throw new InvalidOperationException("no F_TRANSLATION was recorded");
            }

            _smmu.WriteRegister(SmmuRegister.EVENTQ_CONS, (consumer + 1) & 255);
        }
    }

    void IBusMaster.Completed(int transaction, ulong physicalAddress) => throw new InvalidOperationException("nothing stalls here");

    void IBusMaster.Aborted(int transaction) => throw new InvalidOperationException("nothing stalls here");

    void ILpaeTlb.FlushWalk(ulong iova, ulong size, ulong granule)
    {
        // Nothing is unmapped.
    }

    void ILpaeTlb.AddPage(ref IotlbGather gather, ulong iova, ulong granule)
    {
        // Nothing is unmapped.
    }

    private void Translate(ulong address, DmaOutcome expected)
    {
        DmaRequest request = new(StreamId, _substream, new Iova(address), IsWrite: false);
        if (_smmu.Translate(in request, this, 0, out _) != expected)
        {
            throw new InvalidOperationException($"0x{address:x} did not end as {expected}");
        }
    }

    private ulong NewPage() => _memory.Allocate(FrameUse.Kernel).Value.Address;

    private LpaePageTable NewTable(LpaeStage stage) => LpaePageTable.Create(_memory, this, stage, 48, 48).Value;

    private void MapScattered(LpaePageTable table, int[] order)
    {
        foreach (int page in order)
        {
            Require(table.Map(new Iova(FirstIova + ((ulong)page << Page.Shift)), NewPage(), Page.Size, ReadWrite));
        }
    }

    private ulong WriteContexts(ulong root)
    {
        ulong contexts = NewPage();
        ContextDescriptor cd = new()
        {
            IsValid = true,
            T0SZ = 16,
            EPD1 = true,
            IPS = 5,
            AA64 = true,
            R = true,
            A = true,
            ASET = true,
            ASID = 7,
            TTB0 = root,
        };
        cd.Write(_memory, contexts + ((_substream ?? 0) * 64));
        return contexts;
    }

    // Page by page: no blocks.
    private void MapRamOneToOne()
    {
        ulong last = NewPage();
        for (ulong address = FirstOfRam; _stage2 is not null && address <= last; address += Page.Size)
        {
            Require(_stage2.Map(new Iova(address), address, Page.Size, ReadWrite));
        }
    }

    private static void Require(Errno error)
    {
        if (error != Errno.None)
        {
            throw new InvalidOperationException($"the page table answered {error}");
        }
    }
}
