using Iopf.ArmSmmuV3.Driver;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Tests.Driver;

/// <summary>What an SMMU is told when blocks are split and tables go away, and what a domain refuses: baseline.md 2.8 and 3.</summary>
public class DomainUpkeepTests
{
    private const ulong Block = 0x20_0000;
    private const IommuProt ReadWrite = IommuProt.Read | IommuProt.Write;

    private readonly SmmuBench _bench = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Page_taken_out_of_a_cached_block_is_unreachable_and_its_neighbours_are_not(bool nesting)
    {
        ArmSmmuDomain domain = _bench.Attach(_bench.AddDevice(new SmmuMasterDescription(SmmuBench.StreamId)), nesting);
        domain.Map(new Iova(Block), 4 * Block, Block, ReadWrite);
        Assert.Equal(DmaOutcome.Completed, _bench.Dma(Block + 0x7000));

        Assert.Equal(Page.Size, domain.Unmap(new Iova(Block + 0x7000), Page.Size));

        Assert.Equal(DmaOutcome.Aborted, _bench.Dma(Block + 0x7000));
        Assert.Equal(DmaOutcome.Completed, _bench.Dma(Block + 0x6fff, out ulong below));
        Assert.Equal(DmaOutcome.Completed, _bench.Dma(Block + 0x8000, out ulong above));
        Assert.Equal(((4 * Block) + 0x6fff, (4 * Block) + 0x8000), (below, above));
    }

    [Fact]
    public void Split_block_takes_one_TLBI_for_the_page_and_a_whole_block_takes_one_too()
    {
        ArmSmmuDomain domain = _bench.Attach(_bench.AddStallingDevice());
        domain.Map(new Iova(Block), 4 * Block, 2 * Block, ReadWrite);
        ushort asid = domain.Stage1!.Asid;
        uint mark = _bench.CommandMark();

        domain.Unmap(new Iova(Block + 0x7000), Page.Size);
        domain.Unmap(new Iova(2 * Block), Block);

        Assert.Equal(
            [SmmuCommand.TlbiNhVa(asid, Block + 0x7000), SmmuCommand.Sync(), SmmuCommand.TlbiNhVa(asid, 2 * Block), SmmuCommand.Sync()],
            _bench.CommandsSince(mark));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Table_that_goes_away_is_forgotten_at_once_page_by_page_walks_included(bool nesting)
    {
        ArmSmmuDomain domain = _bench.Attach(_bench.AddStallingDevice(), nesting);
        domain.Map(new Iova(Block + 0x3000), _bench.NewPage(), Page.Size, ReadWrite);
        IotlbGather gather = default;
        uint mark = _bench.CommandMark();
        long before = _bench.Kernel.Tally.IotlbInvalidations;

        Assert.Equal(Block, domain.UnmapFast(new Iova(Block), Block, ref gather));

        // 513 commands went twice round the queue of 256; its slots hold the last 255 of them and one more.
        List<SmmuCommand> commands = _bench.CommandsSince((mark + 2) & 255);
        ulong address = Block + (258UL << Page.Shift);
        Assert.Equal(512, _bench.Kernel.Tally.IotlbInvalidations - before);
        Assert.Equal(255, commands.Count);
        Assert.Equal(
            nesting
                ? SmmuCommand.TlbiS2Ipa(domain.Stage2!.Vmid, address, leaf: false)
                : SmmuCommand.TlbiNhVa(domain.Stage1!.Asid, address, leaf: false),
            commands[0]);
        Assert.Equal(SmmuCommand.Sync(), commands[^1]);
        Assert.True(gather.IsEmpty);
        Assert.NotEqual(DmaOutcome.Completed, _bench.Dma(Block + 0x3000));
    }

    [Fact]
    public void Mapping_commands_nothing()
    {
        ArmSmmuDomain domain = _bench.Attach(_bench.AddStallingDevice());
        uint mark = _bench.CommandMark();

        Assert.Equal(Errno.None, domain.Map(new Iova(0), 4 * Block, Block + Page.Size, ReadWrite));

        Assert.Empty(_bench.CommandsSince(mark));
    }

    [Fact]
    public void Domain_of_stage_2_that_is_freed_forgets_its_VMID_and_one_of_stage_1_its_ASID()
    {
        Device device = _bench.AddStallingDevice();
        ArmSmmuDomain nested = _bench.Attach(device, nesting: true);
        ushort vmid = nested.Stage2!.Vmid;
        device.Group!.Detach(nested);
        uint mark = _bench.CommandMark();
        nested.Free();
        Assert.Equal([SmmuCommand.TlbiS12VmAll(vmid), SmmuCommand.Sync()], _bench.CommandsSince(mark));

        ArmSmmuDomain flat = _bench.Attach(device);
        ushort asid = flat.Stage1!.Asid;
        device.Group.Detach(flat);
        mark = _bench.CommandMark();
        flat.Free();
        Assert.Equal([SmmuCommand.TlbiNhAsid(asid), SmmuCommand.Sync()], _bench.CommandsSince(mark));
    }

    [Fact]
    public void Domain_without_a_device_yet_maps_nothing_and_leads_nowhere()
    {
        ArmSmmuDomain domain = _bench.NewDomain();

        Assert.Equal(Errno.ENODEV, domain.Map(new Iova(0x1000), 0x9000, Page.Size, ReadWrite));
        Assert.Equal(0UL, domain.Unmap(new Iova(0x1000), Page.Size));
        Assert.Null(domain.IovaToPhysical(new Iova(0x1000)));
        Assert.Null(domain.ProtOf(new Iova(0x1000)));
        domain.VisitEntries((_, _, _) => Assert.Fail("an empty domain has no entries"));
        domain.Free();
    }

    [Fact]
    public void Identity_domain_leads_every_address_to_itself_and_takes_no_mapping()
    {
        IommuDomain domain = _bench.Driver.AllocateDomain(DomainType.Identity).Value;

        Assert.Equal(0x1234_5678UL, domain.IovaToPhysical(new Iova(0x1234_5678)));
        Assert.Equal(Errno.EINVAL, domain.Map(new Iova(0x1000), 0x9000, Page.Size, ReadWrite));
        Assert.Equal(Errno.EINVAL, domain.IsNested.Error);
    }

    [Fact]
    public void Blocked_domain_is_not_on_offer() => Assert.Equal(Errno.EINVAL, _bench.Driver.AllocateDomain(DomainType.Blocked).Error);

    [Theory]
    [InlineData(0, false)]
    [InlineData(16, false)]
    [InlineData(0, true)]
    public void First_attach_that_runs_out_of_memory_leaves_nothing_behind_and_succeeds_once_there_is_some(int pasidBits, bool nesting)
    {
        Device device = _bench.AddStallingDevice(pasidBits: pasidBits);
        ArmSmmuDomain domain = _bench.NewDomain(nesting);
        long before = _bench.Memory.AllocatedFrames;
        int failures = 0;
        Errno error = Errno.ENOMEM;
        while (error != Errno.None)
        {
            _bench.Memory.FrameLimit = before + failures;
            error = device.Group!.Attach(domain);
            if (error != Errno.None)
            {
                Assert.Equal((Errno.ENOMEM, before), (error, _bench.Memory.AllocatedFrames));
                Assert.Null(domain.Smmu);
                failures++;
            }
        }

        Assert.True(failures > 0);
        Assert.Equal(before + failures, _bench.Memory.AllocatedFrames);
        Assert.Equal(1, domain.Stage1?.Asid ?? domain.Stage2!.Vmid);
    }

    [Fact]
    public void SMMU_that_finds_no_memory_for_its_queues_and_tables_is_ENOMEM()
    {
        SmmuHardware hardware = new(_bench.Kernel, _bench.Memory, new SmmuHardwareOptions(), "smmu1");
        int failures = 0;
        while (true)
        {
            _bench.Memory.FrameLimit = _bench.Memory.AllocatedFrames + failures;
            Result<ArmSmmuDevice> started = _bench.Driver.AddSmmu(hardware, "smmu1");
            if (started.IsSuccess)
            {
                break;
            }

            Assert.Equal(Errno.ENOMEM, started.Error);
            failures++;
        }

        Assert.True(failures > 2);
    }

    [Fact]
    public void SMMU_that_takes_no_commands_is_given_up_on_and_only_counted()
    {
        ArmSmmuDomain domain = _bench.Attach(_bench.AddStallingDevice());
        domain.Map(new Iova(0), 4 * Block, Block + (4 * Page.Size), ReadWrite);
        _bench.Hardware.WriteRegister(SmmuRegister.CR0, 0);

        Assert.Equal(Page.Size, domain.Unmap(new Iova(Block), Page.Size));
        Assert.Equal(1, _bench.Smmu.Commands.Timeouts);

        for (ulong page = 0; page < 512; page++)
        {
            Assert.Equal(Page.Size, domain.Unmap(new Iova(page << Page.Shift), Page.Size));
        }

        Assert.True(_bench.Smmu.Commands.Timeouts > 512);
    }

    [Fact]
    public void Device_is_probed_once_and_has_streams()
    {
        Device device = _bench.AddStallingDevice();
        Device streamless = new(_bench.Kernel, "dev", _bench.Bus);

        Assert.Equal(Errno.EBUSY, _bench.Driver.Probe(device, _bench.Smmu, new SmmuMasterDescription(9)));
        Assert.Equal(Errno.ENODEV, _bench.Driver.Probe(streamless, _bench.Smmu, new SmmuMasterDescription([], false, 0)));
        Assert.Null(streamless.Iommu);
    }

    [Fact]
    public void Device_no_SMMU_knows_is_removed_without_a_trace_and_has_the_MSI_window_only()
    {
        Device stranger = new(_bench.Kernel, "stranger", _bench.Bus);

        _bench.Driver.Remove(stranger);

        ReservedRegion window = Assert.Single(_bench.Driver.ReservedRegionsOf(stranger));
        Assert.Equal(ReservedRegionType.SoftwareMsi, window.Type);
        Assert.Equal(IovaRange.OfLength(new Iova(0x0800_0000), 0x0010_0000), window.Range);
    }

    [Fact]
    public void Pages_can_be_made_non_executable() => Assert.True(_bench.Driver.IsCapable(IommuCapability.NoExecute));

    [Fact]
    public void Registers_keep_what_they_implement_and_others_read_as_zero()
    {
        SmmuHardware hardware = _bench.Hardware;

        hardware.WriteRegister(SmmuRegister.CR1, 0x123);
        hardware.WriteRegister((SmmuRegister)0xfff8, 0x77);

        Assert.Equal(0x123UL, hardware.ReadRegister(SmmuRegister.CR1));
        Assert.Equal(0UL, hardware.ReadRegister((SmmuRegister)0xfff8));
        Assert.Equal(hardware.ReadRegister(SmmuRegister.CR0), hardware.ReadRegister(SmmuRegister.CR0ACK));
        Assert.Equal(hardware.ReadRegister(SmmuRegister.IRQ_CTRL), hardware.ReadRegister(SmmuRegister.IRQ_CTRLACK));
        Assert.Equal(hardware.ReadRegister(SmmuRegister.GERROR), hardware.ReadRegister(SmmuRegister.GERRORN));
    }

    [Fact]
    public void Second_control_register_is_fixed_while_the_SMMU_translates()
    {
        ulong before = _bench.Hardware.ReadRegister(SmmuRegister.CR2);

        _bench.Hardware.WriteRegister(SmmuRegister.CR2, before ^ 1);
        Assert.Equal(before, _bench.Hardware.ReadRegister(SmmuRegister.CR2));

        _bench.Hardware.WriteRegister(SmmuRegister.CR0, 0);
        _bench.Hardware.WriteRegister(SmmuRegister.CR2, before ^ 1);
        Assert.Equal(before ^ 1, _bench.Hardware.ReadRegister(SmmuRegister.CR2));
    }

    [Fact]
    public void Stalled_transaction_can_be_asked_for_its_address_until_it_is_answered()
    {
        Device device = _bench.AddStallingDevice();
        _bench.Attach(device);
        RecordingHandler handler = _bench.Handle(device);
        _bench.Dma(0x5008);
        _bench.Run();
        uint tag = Assert.Single(handler.Faults).GroupId;

        Assert.Equal(new Iova(0x5008), _bench.Hardware.StalledAddress(SmmuBench.StreamId, tag, out bool isStage2));
        Assert.False(isStage2);
        Assert.Null(_bench.Hardware.StalledAddress(SmmuBench.StreamId + 1, tag, out _));
        _bench.Responder.Respond(device, new PageResponse(tag, null, PageResponseCode.Invalid));
        Assert.Null(_bench.Hardware.StalledAddress(SmmuBench.StreamId, tag, out _));
    }
}
