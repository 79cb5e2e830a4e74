using Iopf.ArmSmmuV3.Driver;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.ArmSmmuV3.Tests.Driver;

/// <summary>A guest whose stage 1 maps one page of its own, in front of the host's stage 2.</summary>
public class GuestStage1Tests
{
    private const ulong GuestVirtual = 0x5000;
    private const ulong GuestData = 0x4_0000_5000;
    private const ulong GuestDescriptors = 0x4000_0000;
    private const ulong GuestTable = 0x4000_1000;
    private const ushort GuestAsid = 7;
    private const int Levels = 4;

    private const IommuProt ReadWrite = IommuProt.Read | IommuProt.Write;

    private readonly SmmuBench _bench = new(services => services.AddFaultReporting());
    private readonly Device _device;
    private readonly ArmSmmuDomain _domain;
    private readonly RecordingHandler _handler;

    public GuestStage1Tests()
    {
        _device = _bench.AddStallingDevice();
        _domain = _bench.Attach(_device, nesting: true);
        _handler = _bench.Handle(_device, capabilities: FaultReportCapabilities.NestedLevel1 | FaultReportCapabilities.NestedLevel2);
        BuildGuestTables();
    }

    [Fact]
    public void Both_stages_translate_one_after_the_other()
    {
        ulong page = MapGuestData();

        Assert.Equal(StreamConfig.Nested, _bench.EntryOf(SmmuBench.StreamId).Config);
        Assert.Equal(DmaOutcome.Completed, _bench.Dma(GuestVirtual + 0x88, out ulong physical));
        Assert.Equal(page + 0x88, physical);
    }

    [Fact]
    public void Fault_of_the_guests_stage_is_reported_at_the_input_address()
    {
        Assert.Equal(DmaOutcome.Stalled, _bench.Dma(0x9008));
        _bench.Run();

        IommuFault fault = Assert.Single(_handler.Faults);
        Assert.Equal((FaultStage.Stage1, new Iova(0x9008)), (fault.Stage, fault.Address));
    }

    [Fact]
    public void Fault_of_the_hosts_stage_is_reported_at_the_IPA()
    {
        Assert.Equal(DmaOutcome.Stalled, _bench.Dma(GuestVirtual + 0x88));
        _bench.Run();

        IommuFault fault = Assert.Single(_handler.Faults);
        Assert.Equal((FaultStage.Stage2, new Iova(GuestData)), (fault.Stage, fault.Address));
    }

    [Fact]
    public void Unmapping_a_page_of_the_host_takes_effect_on_combined_translations_too()
    {
        MapGuestData();
        _bench.Dma(GuestVirtual);

        _domain.Unmap(new Iova(GuestData), Page.Size);

        Assert.Equal(DmaOutcome.Stalled, _bench.Dma(GuestVirtual));
    }

    [Theory]
    [InlineData(GuestInvalidationScope.Pages)]
    [InlineData(GuestInvalidationScope.AddressSpace)]
    [InlineData(GuestInvalidationScope.Domain)]
    public void Guest_that_unmaps_and_invalidates_faults_again(GuestInvalidationScope scope)
    {
        MapGuestData();
        _bench.Dma(GuestVirtual);
        _bench.Memory.WriteWord(LeafEntry(), 0);
        DmaOutcome before = _bench.Dma(GuestVirtual);

        Errno result = _domain.InvalidateGuest(_device, new GuestInvalidation(scope, GuestAsid, new Iova(GuestVirtual), PageCount: 1));

        Assert.Equal(Errno.None, result);
        Assert.Equal(DmaOutcome.Completed, before);
        Assert.Equal(DmaOutcome.Stalled, _bench.Dma(GuestVirtual));
    }

    [Fact]
    public void Detached_guest_leaves_the_hosts_stage_alone()
    {
        ulong page = MapGuestData();

        Assert.Equal(Errno.None, _domain.DetachGuestTables(_device));

        Assert.Equal(StreamConfig.Stage2, _bench.EntryOf(SmmuBench.StreamId).Config);
        Assert.Equal(DmaOutcome.Completed, _bench.Dma(GuestData, out ulong physical));
        Assert.Equal(page, physical);
    }

    [Fact]
    public void Guest_tables_need_a_nesting_domain()
    {
        Device flat = _bench.AddStallingDevice(1);
        ArmSmmuDomain domain = _bench.Attach(flat);

        Assert.Equal(Errno.EINVAL, domain.AttachGuestTables(flat, new GuestStage1Config(GuestDescriptors, 0)));
        Assert.Equal(Errno.EINVAL, _domain.AttachGuestTables(flat, new GuestStage1Config(GuestDescriptors, 0)));
        Assert.Equal(Errno.EINVAL, domain.InvalidateGuest(flat, new GuestInvalidation(GuestInvalidationScope.Domain)));
    }

    private ulong MapGuestData()
    {
        ulong page = _bench.NewPage();
        Assert.Equal(Errno.None, _domain.Map(new Iova(GuestData), page, Page.Size, ReadWrite));
        return page;
    }

    /// <summary>Guest memory for a descriptor and four levels of tables that map one page.</summary>
    private void BuildGuestTables()
    {
        const ulong TableOrPage = 3;
        const ulong ReadWriteAccessed = 1UL << 10 | 1UL << 6 | 1UL << 11;
        ulong descriptors = GuestPage(GuestDescriptors);
        for (int level = 0; level < Levels; level++)
        {
            GuestPage(GuestTable + (ulong)level * Page.Size);
        }

        for (int level = 0; level < Levels - 1; level++)
        {
            WriteGuest(level, GuestTable + (ulong)(level + 1) * Page.Size | TableOrPage);
        }

        WriteGuest(Levels - 1, GuestData | TableOrPage | ReadWriteAccessed);
        ContextDescriptor descriptor = new()
        {
            IsValid = true,
            AA64 = true,
            T0SZ = 16,
            EPD1 = true,
            IPS = 5,
            S = true,
            R = true,
            A = true,
            ASET = true,
            ASID = GuestAsid,
            TTB0 = GuestTable,
        };
        descriptor.Write(_bench.Memory, descriptors);
        Assert.Equal(Errno.None, _domain.AttachGuestTables(_device, new GuestStage1Config(GuestDescriptors, 0)));
    }

    private ulong GuestPage(ulong ipa)
    {
        ulong page = _bench.NewPage();
        Assert.Equal(Errno.None, _domain.Map(new Iova(ipa), page, Page.Size, ReadWrite));
        return page;
    }

    private void WriteGuest(int level, ulong value) => _bench.Memory.WriteWord(EntryAt(level), value);

    private ulong LeafEntry() => EntryAt(Levels - 1);

    private ulong EntryAt(int level)
    {
        ulong index = GuestVirtual >> (12 + 9 * (Levels - 1 - level)) & 0x1ff;
        return _domain.IovaToPhysical(new Iova(GuestTable + (ulong)level * Page.Size))!.Value + index * 8;
    }
}
