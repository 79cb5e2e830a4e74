using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.Mm;
using Iopf.TestKit.Smmu;

namespace Iopf.ArmSmmuV3.Tests.Hardware;

/// <summary>The numbers of a recorded guest start-up: data/vfio-traces/hisilicon-vsmmuv3-init-walk.trace.</summary>
public class HisiliconTraceTests
{
    private const ulong Level1 = 0x1_3e20_2000;
    private const ulong Level2 = 0xfe04_0000;
    private const ulong Ste = 0xfe04_0200;
    private const ulong Cd = 0x1_3d7d_a000;
    private const ulong Commands = 0xfe10_0000;

    private readonly HostKernel _kernel = new();
    private readonly PhysicalMemory _memory;
    private readonly SmmuHardware _smmu;
    private readonly RecordingMaster _master = new();
    private readonly List<string> _steps = [];

    public HisiliconTraceTests()
    {
        _memory = new PhysicalMemory(_kernel);
        SmmuHardwareOptions options = new()
        {
            StallModel = StallModel.TerminateOnly,
            OutputAddressBits = 44,
            EventQueueLog2Size = 19,
            CommandQueueLog2Size = 19,
            SubstreamBits = 0,
        };
        _smmu = new SmmuHardware(_kernel, _memory, options, "vsmmu");
    }

    [Fact]
    public void Identification_of_the_recorded_machine_is_reproduced()
    {
        Assert.Equal(0x2730010ul, _smmu.ReadRegister(SmmuRegister.IDR1));
        Assert.Equal(0x14ul, _smmu.ReadRegister(SmmuRegister.IDR5) & 0x1f);

        // Everything but what the recorded SMMU lacks (stage 2, VMID16, two-level CDs) or has beyond (TERM_MODEL).
        const uint Ours = (1u << 0) | (1u << 18) | (1u << 19);
        const uint Theirs = 1u << 26;
        Assert.Equal(0xd40101au & ~Theirs, (uint)_smmu.ReadRegister(SmmuRegister.IDR0) & ~Ours);
    }

    [Fact]
    public void Control_registers_follow_the_recorded_sequence()
    {
        StartUp();

        Assert.Equal(0xdul, _smmu.ReadRegister(SmmuRegister.CR0ACK));
        Assert.Equal(0x5ul, _smmu.ReadRegister(SmmuRegister.IRQ_CTRLACK));
        Assert.Equal(0xd75ul, _smmu.ReadRegister(SmmuRegister.CR1));
        Assert.Equal(4ul, _smmu.ReadRegister(SmmuRegister.CMDQ_CONS));
    }

    [Fact]
    public void Recorded_walk_leads_from_0xfffef040_to_0x8090040()
    {
        StartUp();
        BuildTables();

        DmaOutcome outcome = Dma(0xfffef040, out ulong physicalAddress);

        Assert.Equal(DmaOutcome.Completed, outcome);
        Assert.Equal(0x8090040ul, physicalAddress);
    }

    [Fact]
    public void Recorded_accesses_miss_the_IOTLB_once_and_hit_it_then()
    {
        StartUp();
        BuildTables();

        for (int access = 0; access < 5; access++)
        {
            Dma(0xfffef040, out _);
        }

        Assert.Equal(1, _smmu.TlbMisses);
        Assert.Equal(4, _smmu.TlbHits);
    }

    [Fact]
    public void Stream_8_is_found_at_the_recorded_STE_and_CD_addresses()
    {
        StartUp();
        BuildTables();
        StreamTableEntry ste = StreamTableEntry.Read(_memory, Ste);
        Assert.Equal(Cd, ste.S1ContextPtr);
        ContextDescriptor cd = ContextDescriptor.Read(_memory, Cd);
        Assert.Equal(0x1_3d7d_9000ul, cd.TTB0);
        Assert.Equal(16, cd.T0SZ);

        _memory.WriteWord(Ste, 0);
        Send(SmmuCommand.CfgiSte(8));

        Assert.Equal(DmaOutcome.Aborted, Dma(0xfffef040, out _));
    }

    [Fact]
    public void The_recorded_batch_of_nine_commands_is_consumed_up_to_the_producer_index()
    {
        StartUp();
        BuildTables();
        Dma(0xfffef040, out _);
        List<SmmuCommand> batch = [.. Enumerable.Range(0, 8).Select(page => SmmuCommand.TlbiNhVa(0, 0xfffe0000 + ((ulong)page << 12)))];
        batch.Add(SmmuCommand.Sync());
        ulong producer = _smmu.ReadRegister(SmmuRegister.CMDQ_PROD);
        for (int index = 0; index < batch.Count; index++)
        {
            Put(producer + (ulong)index, batch[index]);
        }
        _kernel.Trace.Subscribe(step => _steps.Add(step.Text));

        _smmu.WriteRegister(SmmuRegister.CMDQ_PROD, producer + 9);

        Assert.Equal(producer + 9, _smmu.ReadRegister(SmmuRegister.CMDQ_CONS));
        Assert.Equal(9, _steps.Count);
        Dma(0xfffef040, out _);
        Assert.Equal(1, _smmu.TlbMisses);
    }

    private void StartUp()
    {
        _smmu.WriteRegister(SmmuRegister.CR0, 0);
        _smmu.WriteRegister(SmmuRegister.CR1, 0xd75);
        _smmu.WriteRegister(SmmuRegister.CR2, 0x7);
        _smmu.WriteRegister(SmmuRegister.STRTAB_BASE, 0x4000_0001_3e20_2000);
        _smmu.WriteRegister(SmmuRegister.STRTAB_BASE_CFG, 0x10210);
        _smmu.WriteRegister(SmmuRegister.CMDQ_BASE, 0x4000_0000_fe10_0010);
        _smmu.WriteRegister(SmmuRegister.CMDQ_PROD, 0);
        _smmu.WriteRegister(SmmuRegister.CMDQ_CONS, 0);
        _smmu.WriteRegister(SmmuRegister.CR0, 0x8);
        Send(SmmuCommand.CfgiAll());
        Send(SmmuCommand.Sync());
        Send(SmmuCommand.TlbiNsnhAll());
        Send(SmmuCommand.Sync());
        _smmu.WriteRegister(SmmuRegister.EVENTQ_BASE, 0x4000_0000_fe20_000f);
        _smmu.WriteRegister((SmmuRegister)0xa8, 0);
        _smmu.WriteRegister((SmmuRegister)0xac, 0);
        _smmu.WriteRegister(SmmuRegister.CR0, 0xc);
        _smmu.WriteRegister(SmmuRegister.IRQ_CTRL, 0);
        _smmu.WriteRegister(SmmuRegister.IRQ_CTRL, 0x5);
        _smmu.WriteRegister(SmmuRegister.CR0, 0xd);
    }

    private void BuildTables()
    {
        // A span of 9 covers the 2^8 STEs of SPLIT 8; the recorded QEMU took it for 2^9 and printed 511 as the highest.
        _memory.WriteWord(Level1, Level2 | 9);
        new StreamTableEntry { IsValid = true, Config = StreamConfig.Stage1, S1ContextPtr = Cd }.Write(_memory, Ste);
        ContextDescriptor cd = new() { IsValid = true, T0SZ = 16, EPD1 = true, IPS = 4, AA64 = true, R = true, A = true };
        (cd with { TTB0 = 0x1_3d7d_9000 }).Write(_memory, Cd);
        _memory.WriteWord(0x1_3d7d_9000, 0x1_3d7e_5003);
        _memory.WriteWord(0x1_3d7e_5018, 0x1_3d7e_6003);
        _memory.WriteWord(0x1_3d7e_6ff8, 0x1_3d7e_7003);
        _memory.WriteWord(0x1_3d7e_7f78, 0x0060_0000_0809_0e4b);
        Send(SmmuCommand.CfgiSte(8));
        Send(SmmuCommand.Sync());
    }

    private DmaOutcome Dma(ulong iova, out ulong physicalAddress) =>
        _smmu.Translate(new DmaRequest(8, null, new Iova(iova), IsWrite: true), _master, 0, out physicalAddress);

    private void Send(SmmuCommand command)
    {
        ulong producer = _smmu.ReadRegister(SmmuRegister.CMDQ_PROD);
        Put(producer, command);
        _smmu.WriteRegister(SmmuRegister.CMDQ_PROD, producer + 1);
    }

    private void Put(ulong index, SmmuCommand command)
    {
        _memory.WriteWord(Commands + (index * 16), command.Word0);
        _memory.WriteWord(Commands + (index * 16) + 8, command.Word1);
    }
}
