using Iopf.ArmSmmuV3.Driver;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Tests.Driver;

public class ArmSmmuDomainTests
{
    private const IommuProt ReadWrite = IommuProt.Read | IommuProt.Write;

    private readonly SmmuBench _bench = new();

    [Fact]
    [Trait("Fact", "T066")]
    public void Master_that_cannot_stall_does_not_join_a_domain_that_stalls()
    {
        ArmSmmuDomain domain = _bench.Attach(_bench.AddStallingDevice(1));
        Device other = _bench.AddDevice(new SmmuMasterDescription(2));

        Assert.Equal(Errno.EINVAL, domain.AttachDevice(other));
    }

    [Fact]
    [Trait("Fact", "T067")]
    public void Master_of_another_SMMU_does_not_join()
    {
        ArmSmmuDomain domain = _bench.Attach(_bench.AddStallingDevice(1));
        (_, ArmSmmuDevice second) = _bench.AddSmmu("smmu1");
        Device other = _bench.AddDevice(new SmmuMasterDescription(1, dmaCanStall: true), second);

        Assert.Equal(Errno.ENXIO, domain.AttachDevice(other));
    }

    [Fact]
    public void Master_with_other_substream_bits_does_not_join()
    {
        ArmSmmuDomain domain = _bench.Attach(_bench.AddStallingDevice(1, pasidBits: 4));

        Assert.Equal(Errno.EINVAL, domain.AttachDevice(_bench.AddStallingDevice(2, pasidBits: 5)));
    }

    [Fact]
    public void Device_no_SMMU_knows_cannot_be_attached()
    {
        Device stranger = new(_bench.Kernel, "stranger", _bench.Bus);

        Assert.Equal(Errno.ENOENT, _bench.NewDomain().AttachDevice(stranger));
    }

    [Fact]
    public void Device_with_SVA_keeps_its_domain()
    {
        Device device = _bench.AddStallingDevice(pasidBits: 4);
        ArmSmmuDomain domain = _bench.Attach(device);
        _bench.Driver.EnableFeature(device, IommuFeature.Iopf);
        Assert.Equal(Errno.None, _bench.Driver.EnableFeature(device, IommuFeature.Sva));

        Assert.Equal(Errno.EBUSY, _bench.NewDomain().AttachDevice(device));
        Assert.Same(domain, ArmSmmuMaster.Of(device)!.Domain);
    }

    [Fact]
    public void Device_has_left_its_old_domain_when_the_new_one_refuses_it()
    {
        ArmSmmuDomain stalling = _bench.Attach(_bench.AddStallingDevice(1));
        Device other = _bench.AddDevice(new SmmuMasterDescription(2));
        _bench.Attach(other);

        stalling.AttachDevice(other);

        Assert.Null(ArmSmmuMaster.Of(other)!.Domain);
        Assert.Equal(StreamConfig.Abort, _bench.EntryOf(2).Config);
    }

    [Fact]
    [Trait("Fact", "T068")]
    public void Stall_bits_follow_the_master()
    {
        ArmSmmuDomain stalling = _bench.Attach(_bench.AddStallingDevice(1));
        ArmSmmuDomain terminating = _bench.Attach(_bench.AddDevice(new SmmuMasterDescription(2)));

        Assert.True(_bench.DescriptorOf(stalling).S);
        Assert.False(_bench.EntryOf(1).S1STALLD);
        Assert.False(_bench.DescriptorOf(terminating).S);
        Assert.True(_bench.EntryOf(2).S1STALLD);
    }

    [Fact]
    [Trait("Fact", "T069")]
    public void Nesting_domain_is_stage_2_without_stalls_and_its_faults_abort()
    {
        Device device = _bench.AddStallingDevice();
        _bench.Attach(device, nesting: true);
        RecordingHandler handler = _bench.Handle(device);

        StreamTableEntry entry = _bench.EntryOf(SmmuBench.StreamId);
        Assert.Equal(StreamConfig.Stage2, entry.Config);
        Assert.True(entry.S2R);
        Assert.False(entry.S2S);
        Assert.Equal(DmaOutcome.Aborted, _bench.Dma(0x1000));
        _bench.Run();
        Assert.Empty(handler.Faults);
        Assert.Equal(1, _bench.Smmu.UnhandledEvents);
    }

    [Fact]
    [Trait("Fact", "T070")]
    public void Nesting_is_chosen_before_the_first_attach()
    {
        ArmSmmuDomain domain = _bench.Attach(_bench.AddStallingDevice());

        Assert.Equal(Errno.EPERM, domain.EnableNesting());
        Assert.False(domain.IsNested.Value);
    }

    [Theory]
    [InlineData(DomainType.Dma, Errno.ENODEV)]
    [InlineData(DomainType.Identity, Errno.EINVAL)]
    public void Nesting_is_an_attribute_of_unmanaged_domains_only(DomainType type, Errno expected)
    {
        IommuDomain domain = _bench.Driver.AllocateDomain(type).Value;

        Assert.Equal(expected, domain.EnableNesting());
        Assert.Equal(expected, domain.IsNested.Error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Mapped_page_is_reached_and_unmapped_page_is_not(bool nesting)
    {
        Device device = _bench.AddDevice(new SmmuMasterDescription(SmmuBench.StreamId));
        ArmSmmuDomain domain = _bench.Attach(device, nesting);
        ulong page = _bench.NewPage();
        Assert.Equal(Errno.None, domain.Map(new Iova(0x7000), page, Page.Size, ReadWrite));

        Assert.Equal(DmaOutcome.Completed, _bench.Dma(0x7123, out ulong physical));
        Assert.Equal(page + 0x123, physical);
        Assert.Equal(page + 0x123, domain.IovaToPhysical(new Iova(0x7123)));

        Assert.Equal(Page.Size, domain.Unmap(new Iova(0x7000), Page.Size));
        Assert.Equal(DmaOutcome.Aborted, _bench.Dma(0x7123));
    }

    [Fact]
    public void Unmapped_page_stays_reachable_through_the_TLB_until_the_gather_is_synced()
    {
        Device device = _bench.AddDevice(new SmmuMasterDescription(SmmuBench.StreamId));
        ArmSmmuDomain domain = _bench.Attach(device);
        domain.Map(new Iova(0x7000), _bench.NewPage(), Page.Size, ReadWrite);
        _bench.Dma(0x7000);
        IotlbGather gather = new() { First = ulong.MaxValue };

        domain.UnmapFast(new Iova(0x7000), Page.Size, ref gather);
        DmaOutcome before = _bench.Dma(0x7000);
        domain.SyncIotlb(ref gather);

        Assert.Equal(DmaOutcome.Completed, before);
        Assert.Equal(DmaOutcome.Aborted, _bench.Dma(0x7000));
    }

    [Fact]
    public void Gathered_pages_take_one_TLBI_each_and_one_sync()
    {
        ArmSmmuDomain domain = _bench.Attach(_bench.AddStallingDevice());
        domain.Map(new Iova(0x7000), _bench.NewPage(), Page.Size, ReadWrite);
        domain.Map(new Iova(0x8000), _bench.NewPage(), Page.Size, ReadWrite);
        long before = _bench.Kernel.Tally.IotlbInvalidations;
        uint mark = _bench.CommandMark();

        domain.Unmap(new Iova(0x7000), 2 * Page.Size);

        ushort asid = domain.Stage1!.Asid;
        Assert.Equal(
            [SmmuCommand.TlbiNhVa(asid, 0x7000), SmmuCommand.TlbiNhVa(asid, 0x8000), SmmuCommand.Sync()],
            _bench.CommandsSince(mark));
        Assert.Equal(2, _bench.Kernel.Tally.IotlbInvalidations - before);
    }

    [Fact]
    public void Stage_2_pages_are_forgotten_by_VMID()
    {
        ArmSmmuDomain domain = _bench.Attach(_bench.AddStallingDevice(), nesting: true);
        domain.Map(new Iova(0x7000), _bench.NewPage(), Page.Size, ReadWrite);
        uint mark = _bench.CommandMark();

        domain.Unmap(new Iova(0x7000), Page.Size);

        Assert.Equal([SmmuCommand.TlbiS2Ipa(domain.Stage2!.Vmid, 0x7000), SmmuCommand.Sync()], _bench.CommandsSince(mark));
    }

    [Fact]
    public void Detached_device_is_aborted_without_a_default_domain()
    {
        Device device = _bench.AddStallingDevice();
        ArmSmmuDomain domain = _bench.Attach(device);
        domain.Map(new Iova(0x7000), _bench.NewPage(), Page.Size, ReadWrite);

        device.Group!.Detach(domain);

        Assert.Equal(StreamConfig.Abort, _bench.EntryOf(SmmuBench.StreamId).Config);
        Assert.Equal(DmaOutcome.Aborted, _bench.Dma(0x7000));
    }

    [Fact]
    public void Detached_device_returns_to_its_default_domain()
    {
        Device device = _bench.AddDevice(new SmmuMasterDescription(SmmuBench.StreamId), hasDefaultDomain: true);
        ArmSmmuDomain domain = _bench.Attach(device);

        device.Group!.Detach(domain);

        Assert.Equal(DomainType.Dma, ArmSmmuMaster.Of(device)!.Domain!.Type);
        Assert.Equal(StreamConfig.Stage1, _bench.EntryOf(SmmuBench.StreamId).Config);
    }

    [Fact]
    public void Identity_domain_lets_traffic_through()
    {
        Device device = _bench.AddStallingDevice();
        IommuDomain domain = _bench.Driver.AllocateDomain(DomainType.Identity).Value;
        Assert.Equal(Errno.None, domain.AttachDevice(device));

        Assert.Equal(DmaOutcome.Completed, _bench.Dma(0x1234000, out ulong physical));
        Assert.Equal(0x1234000UL, physical);
    }

    [Fact]
    public void Many_substreams_have_their_descriptors_in_two_levels()
    {
        Device device = _bench.AddStallingDevice(pasidBits: 16);
        ArmSmmuDomain domain = _bench.Attach(device);
        ulong page = _bench.NewPage();
        domain.Map(new Iova(0x7000), page, Page.Size, ReadWrite);

        Assert.True(domain.Stage1!.Table.HasTwoLevels);
        Assert.Equal(DmaOutcome.Completed, _bench.Dma(0x7000, out ulong physical));
        Assert.Equal(page, physical);
        Assert.Equal(Errno.E2BIG, domain.Stage1.Write(0x10000, default));
    }

    [Fact]
    public void Entry_that_translates_is_never_overwritten_by_another_one()
    {
        Device device = _bench.AddStallingDevice();
        _bench.Attach(device);

        KernelOopsException oops = Assert.Throws<KernelOopsException>(
            () => _bench.Driver.Entries.Write(_bench.Smmu, ArmSmmuMaster.Of(device), SmmuBench.StreamId));

        Assert.Equal("arm_smmu_write_strtab_ent", oops.Place);
    }

    [Fact]
    public void Forced_stalls_make_the_baselines_stage_2_entry_illegal()
    {
        SmmuBench bench = new(options: o => o.StallModel = StallModel.StallForced);
        Device device = bench.AddStallingDevice();
        bench.Attach(device, nesting: true);

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(0x1000));
        bench.Run();
        Assert.Equal(1, bench.Smmu.UnhandledEvents);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    public void Freed_domain_gives_its_tags_and_its_memory_back(int pasidBits)
    {
        Device device = _bench.AddStallingDevice(pasidBits: pasidBits);
        _bench.Attach(device);
        ArmSmmuDomain first = (ArmSmmuDomain)device.Group!.Domain!;
        device.Group.Detach(first);
        ushort asid = first.Stage1!.Asid;
        first.Free();
        long frames = _bench.Memory.AllocatedFrames;

        ArmSmmuDomain second = _bench.Attach(device);

        Assert.Equal(asid, second.Stage1!.Asid);
        device.Group.Detach(second);
        second.Free();
        Assert.Equal(frames, _bench.Memory.AllocatedFrames);
    }

    [Fact]
    public void Stage_1_domain_maps_4K_2M_and_1G_pages_of_48_bit_addresses()
    {
        ArmSmmuDomain domain = _bench.Attach(_bench.AddStallingDevice());

        Assert.Equal(0x40201000UL, domain.PageSizes);
        Assert.Equal(new IovaRange(new Iova(0), new Iova((1UL << 48) - 1)), domain.Aperture);
    }

    [Fact]
    public void Reserved_regions_are_the_MSI_window_and_what_the_platform_adds()
    {
        ReservedRegion own = new(IovaRange.OfLength(new Iova(0x1000), 0x1000), ReservedRegionType.Reserved);
        Device device = _bench.AddDevice(new SmmuMasterDescription(1) { ReservedRegions = [own] });

        IReadOnlyList<ReservedRegion> regions = _bench.Driver.ReservedRegionsOf(device);

        Assert.Equal(
            [new ReservedRegion(new IovaRange(new Iova(0x0800_0000), new Iova(0x080f_ffff)), ReservedRegionType.SoftwareMsi), own],
            regions);
    }
}
