using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.TestKit.Smmu;

/// <summary>An SMMU with a two-level stream table and both queues, driven through registers and memory only.</summary>
public sealed class SmmuBench
{
    public const uint Sid = 0x42;
    public const ulong Read = 1 << 6;
    public const ulong ReadOnly = 1 << 7;

    private const int Split = 8;
    private readonly ulong _level1;
    private readonly ulong _commands;
    private readonly ulong _events;
    private readonly Dictionary<uint, ulong> _level2 = [];
    private readonly int _commandLog2;
    private readonly int _eventLog2;
    private int _transaction;

    public SmmuBench(Action<SmmuHardwareOptions>? configure = null, int eventLog2 = 3, int commandLog2 = 8)
    {
        configure?.Invoke(Options);
        Memory = new PhysicalMemory(Kernel);
        Smmu = new SmmuHardware(Kernel, Memory, Options, "smmu");
        _commandLog2 = commandLog2;
        _eventLog2 = eventLog2;
        _level1 = NewPage();
        _commands = NewPage();
        _events = NewPage();
        Smmu.WriteRegister(SmmuRegister.STRTAB_BASE, _level1);
        Smmu.WriteRegister(SmmuRegister.STRTAB_BASE_CFG, (1 << 16) | (Split << 6) | 16);
        Smmu.WriteRegister(SmmuRegister.CR2, 1 << 1);
        Smmu.WriteRegister(SmmuRegister.CMDQ_BASE, _commands | (uint)commandLog2);
        Smmu.WriteRegister(SmmuRegister.EVENTQ_BASE, _events | (uint)eventLog2);
        Smmu.WriteRegister(SmmuRegister.IRQ_CTRL, 5);
        Smmu.WriteRegister(SmmuRegister.CR0, 0xd);
        Smmu.EventInterrupt = () => EventInterrupts++;
        Smmu.GlobalErrorInterrupt = () => ErrorInterrupts++;
    }

    public SmmuHardwareOptions Options { get; } = new();

    public HostKernel Kernel { get; } = new();

    public PhysicalMemory Memory { get; }

    public SmmuHardware Smmu { get; }

    public RecordingMaster Master { get; } = new();

    public int EventInterrupts { get; private set; }

    public int ErrorInterrupts { get; private set; }

    public int LastTransaction => _transaction - 1;

    public bool OverflowIsPending =>
        (((uint)Smmu.ReadRegister(SmmuRegister.EVENTQ_PROD) ^ (uint)Smmu.ReadRegister(SmmuRegister.EVENTQ_CONS)) >> 31) != 0;

    public static ContextDescriptor Cd(ulong root, ushort asid = 7, bool stalls = true) => new()
    {
        IsValid = true,
        T0SZ = 16,
        EPD1 = true,
        IPS = 5,
        AA64 = true,
        S = stalls,
        R = true,
        A = true,
        ASET = true,
        ASID = asid,
        TTB0 = root,
    };

    public static StreamTableEntry Stage1Ste(ulong contexts, ushort vmid = 0) =>
        new() { IsValid = true, Config = StreamConfig.Stage1, S1ContextPtr = contexts, S2VMID = vmid };

    public static StreamTableEntry Stage2Ste(
        ulong root,
        ushort vmid = 3,
        bool stalls = false,
        StreamConfig config = StreamConfig.Stage2) => new()
        {
            IsValid = true,
            Config = config,
            S2VMID = vmid,
            S2T0SZ = 16,
            S2SL0 = 2,
            S2PS = 5,
            S2AA64 = true,
            S2PTW = true,
            S2R = true,
            S2S = stalls,
            S2TTB = root,
        };

    public ulong NewPage() => Memory.Allocate(FrameUse.Kernel).Value.Address;

    public ulong SteAddress(uint streamId)
    {
        if (!_level2.TryGetValue(streamId >> Split, out ulong table))
        {
            table = Memory.AllocateContiguous(FrameUse.Kernel, (1 << Split) * 64 / 4096).Value.Address;
            _level2.Add(streamId >> Split, table);
            Memory.WriteWord(_level1 + ((streamId >> Split) * 8), table | (Split + 1));
        }
        return table + ((streamId & ((1 << Split) - 1)) * 64);
    }

    public void SetSte(in StreamTableEntry ste, uint streamId = Sid)
    {
        ste.Write(Memory, SteAddress(streamId));
        Send(SmmuCommand.CfgiSte(streamId));
    }

    /// <summary>Stage 1 with one CD; returns the root table.</summary>
    public ulong UseStage1(uint streamId = Sid, ushort asid = 7, bool stalls = true, ushort vmid = 0)
    {
        ulong root = NewPage();
        SetCd(Cd(root, asid, stalls), streamId, vmid);
        return root;
    }

    public ulong SetCd(in ContextDescriptor cd, uint streamId = Sid, ushort vmid = 0)
    {
        ulong contexts = NewPage();
        cd.Write(Memory, contexts);
        SetSte(Stage1Ste(contexts, vmid), streamId);
        return contexts;
    }

    /// <summary>Stage 2 only; returns the root table.</summary>
    public ulong UseStage2(uint streamId = Sid, ushort vmid = 3, bool stalls = false)
    {
        ulong root = NewPage();
        SetSte(Stage2Ste(root, vmid, stalls), streamId);
        return root;
    }

    /// <summary>Stage 1 on stage 2, where the IPA of every stage-1 structure is its physical address plus 2^40.</summary>
    public (ulong Stage1, ulong Stage2) UseNested(
        bool stalls1 = true,
        bool stalls2 = false,
        ushort vmid = 3,
        ushort asid = 7,
        uint streamId = Sid)
    {
        ulong stage2 = NewPage();
        ulong contexts = NewPage();
        ulong stage1 = NewPage();
        MapStage2(stage2, Shifted(contexts), contexts);
        MapStage2(stage2, Shifted(stage1), stage1);
        Cd(Shifted(stage1), asid, stalls1).Write(Memory, contexts);
        SetSte(Stage2Ste(stage2, vmid, stalls2, StreamConfig.Nested) with { S1ContextPtr = Shifted(contexts) }, streamId);
        return (stage1, stage2);
    }

    public static ulong Shifted(ulong physicalAddress) => physicalAddress + (1UL << 40);

    /// <summary>Maps one page or block, upper tables included. Stage-1 leaves are readable and writable by everyone.</summary>
    public void MapStage1(ulong root, ulong iova, ulong output, ulong more = Read, int shift = 12, ulong nestedStage2 = 0) =>
        Map(root, iova, output | 0xc01 | more, shift, nestedStage2);

    public void MapStage2(ulong root, ulong ipa, ulong output, ulong more = 0xc0, int shift = 12) =>
        Map(root, ipa, output | 0x43d | more, shift, 0);

    public void Map(ulong root, ulong address, ulong leaf, int shift, ulong nestedStage2)
    {
        ulong table = root;
        for (int level = 39; level > shift; level -= 9)
        {
            ulong at = table + (((address >> level) & 511) * 8);
            ulong next = Memory.ReadWord(at);
            if (next == 0)
            {
                ulong page = NewPage();
                if (nestedStage2 != 0)
                {
                    MapStage2(nestedStage2, Shifted(page), page);
                    page = Shifted(page);
                }
                next = page | 3;
                Memory.WriteWord(at, next);
            }
            table = next & 0x0000_ffff_ffff_f000;
            table -= nestedStage2 != 0 ? 1UL << 40 : 0;
        }
        Memory.WriteWord(table + (((address >> shift) & 511) * 8), leaf | (shift == 12 ? 2UL : 0));
    }

    /// <summary>Where the descriptor of an address lies at a level; its tables are mapped one to one.</summary>
    public ulong DescriptorAddress(ulong root, ulong address, int shift)
    {
        ulong table = root;
        for (int level = 39; level > shift; level -= 9)
        {
            table = Memory.ReadWord(table + (((address >> level) & 511) * 8)) & 0x0000_ffff_ffff_f000;
        }
        return table + (((address >> shift) & 511) * 8);
    }

    public void Send(params ReadOnlySpan<SmmuCommand> commands)
    {
        foreach (SmmuCommand command in commands)
        {
            uint producer = (uint)Smmu.ReadRegister(SmmuRegister.CMDQ_PROD);
            ulong slot = _commands + ((producer & ((1u << _commandLog2) - 1)) * 16);
            Memory.WriteWord(slot, command.Word0);
            Memory.WriteWord(slot + 8, command.Word1);
            Smmu.WriteRegister(SmmuRegister.CMDQ_PROD, (producer + 1) & ((2u << _commandLog2) - 1));
        }
    }

    public DmaOutcome Dma(
        ulong iova,
        bool write = false,
        uint streamId = Sid,
        uint? substream = null,
        bool privileged = false,
        bool fetch = false)
    {
        DmaOutcome outcome = Dma(new DmaRequest(streamId, substream, new Iova(iova), write, fetch, privileged), out ulong physicalAddress);
        PhysicalAddress = physicalAddress;
        return outcome;
    }

    public ulong PhysicalAddress { get; private set; }

    public DmaOutcome Dma(in DmaRequest request, out ulong physicalAddress) =>
        Smmu.Translate(in request, Master, _transaction++, out physicalAddress);

    public int EventCount
    {
        get
        {
            uint mask = (2u << _eventLog2) - 1;
            return (int)(((uint)Smmu.ReadRegister(SmmuRegister.EVENTQ_PROD) - (uint)Smmu.ReadRegister(SmmuRegister.EVENTQ_CONS)) & mask);
        }
    }

    public EventRecord PopEvent()
    {
        Assert.NotEqual(0, EventCount);
        uint consumer = (uint)Smmu.ReadRegister(SmmuRegister.EVENTQ_CONS);
        ulong slot = _events + ((consumer & ((1u << _eventLog2) - 1)) * 32);
        EventRecord record = new(Memory.ReadWord(slot), Memory.ReadWord(slot + 8), Memory.ReadWord(slot + 16), Memory.ReadWord(slot + 24));
        uint mask = (2u << _eventLog2) - 1;
        Smmu.WriteRegister(SmmuRegister.EVENTQ_CONS, (consumer & ~mask) | ((consumer + 1) & mask));
        return record;
    }

    public EventRecord OnlyEvent()
    {
        EventRecord record = PopEvent();
        Assert.Equal(0, EventCount);
        return record;
    }
}
