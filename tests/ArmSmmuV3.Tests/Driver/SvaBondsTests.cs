using Iopf.ArmSmmuV3.Driver;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Tests.Driver;

public class SvaBondsTests
{
    private const ulong Buffer = 0x10_0000;

    private readonly SmmuBench _bench = new();
    private readonly Device _device;
    private readonly ArmSmmuDomain _domain;
    private readonly AddressSpace _mm;

    public SvaBondsTests()
    {
        _device = _bench.AddStallingDevice(pasidBits: 8);
        _domain = _bench.Attach(_device);
        Assert.Equal(Errno.None, _bench.Driver.EnableFeature(_device, IommuFeature.Iopf));
        Assert.Equal(Errno.None, _bench.Driver.EnableFeature(_device, IommuFeature.Sva));
        _mm = new AddressSpace(_bench.Kernel, _bench.Memory, "app");
        Assert.Equal(Errno.None, _mm.Mmap(UserRange.OfPages(new UserAddress(Buffer), 4), MemoryAccess.Read | MemoryAccess.Write));
    }

    [Fact]
    public void Bound_device_reads_what_the_process_wrote()
    {
        uint pasid = Bind();
        _mm.Write(new UserAddress(Buffer), [1, 2, 3, 4]);

        Assert.Equal(DmaOutcome.Completed, _bench.Dma(Buffer, out ulong physical, pasid: pasid));
        Assert.Equal(_mm.FrameAt(new UserAddress(Buffer))!.Value.Address, physical);
    }

    [Fact]
    public void Page_the_process_never_touched_is_faulted_in_by_the_worker()
    {
        uint pasid = Bind();

        Assert.Equal(DmaOutcome.Stalled, _bench.Dma(Buffer + 0x10, out _, write: true, pasid: pasid));
        _bench.Run();

        ulong frame = _mm.FrameAt(new UserAddress(Buffer))!.Value.Address;
        Assert.Equal([(1, frame + 0x10)], _bench.Engine.Done);
    }

    [Fact]
    public void Address_outside_the_process_is_aborted()
    {
        uint pasid = Bind();

        Assert.Equal(DmaOutcome.Stalled, _bench.Dma(0x7000, pasid: pasid));
        _bench.Run();

        Assert.Equal([1], _bench.Engine.Refused);
    }

    [Fact]
    public void Munmap_reaches_the_devices_TLB()
    {
        uint pasid = Bind();
        _mm.Write(new UserAddress(Buffer), [1]);
        _bench.Dma(Buffer, pasid: pasid);

        _mm.Munmap(UserRange.OfPages(new UserAddress(Buffer), 4));

        Assert.Equal(DmaOutcome.Stalled, _bench.Dma(Buffer, pasid: pasid));
    }

    [Fact]
    public void Exit_of_the_process_switches_its_walks_off_while_the_bond_lasts()
    {
        uint pasid = Bind();
        _mm.Write(new UserAddress(Buffer), [1]);
        _bench.Dma(Buffer, pasid: pasid);

        _mm.Exit();

        Assert.True(_bench.DescriptorOf(_domain, pasid).EPD0);
        Assert.NotEqual(DmaOutcome.Completed, _bench.Dma(Buffer, pasid: pasid));
        Assert.Equal(Errno.None, _bench.Driver.Bonds.Unbind(_device, _mm));
        Assert.False(_bench.DescriptorOf(_domain, pasid).IsValid);
    }

    [Fact]
    public void Descriptor_of_a_process_stalls_as_the_domain_does_and_shares_its_ASID()
    {
        uint pasid = Bind();

        ContextDescriptor descriptor = _bench.DescriptorOf(_domain, pasid);

        Assert.True(descriptor.S);
        Assert.False(descriptor.ASET);
        Assert.Equal(_mm.PageTableRoot, descriptor.TTB0);
        Assert.NotEqual(_domain.Stage1!.Asid, descriptor.ASID);
    }

    [Fact]
    public void Substream_0_keeps_the_domain()
    {
        Bind();
        ulong page = _bench.NewPage();
        _domain.Map(new Iova(0x7000), page, Page.Size, IommuProt.Read);

        Assert.Equal(DmaOutcome.Completed, _bench.Dma(0x7000, out ulong physical));
        Assert.Equal(page, physical);
    }

    [Fact]
    public void Second_bind_of_a_process_counts_and_the_last_unbind_ends_it()
    {
        uint pasid = Bind();
        Assert.Equal(pasid, Bind());

        Assert.Equal(Errno.None, _bench.Driver.Bonds.Unbind(_device, _mm));
        Assert.Equal(Errno.EBUSY, _bench.Driver.DisableFeature(_device, IommuFeature.Sva));
        Assert.Equal(Errno.None, _bench.Driver.Bonds.Unbind(_device, _mm));
        Assert.Equal(Errno.None, _bench.Driver.DisableFeature(_device, IommuFeature.Sva));
        Assert.Equal(Errno.EINVAL, _bench.Driver.Bonds.Unbind(_device, _mm));
        Assert.Null(_bench.Driver.Bonds.Find(pasid));
    }

    [Fact]
    public void Device_without_SVA_is_not_bound()
    {
        Device other = _bench.AddStallingDevice(1, pasidBits: 8);
        _bench.Attach(other);

        Assert.Equal(Errno.ENODEV, _bench.Driver.Bonds.Bind(other, _mm).Error);
    }

    [Fact]
    public void Device_without_a_group_is_ENODEV_and_one_that_shares_its_group_EINVAL()
    {
        Device alone = new(_bench.Kernel, "alone", _bench.Bus);
        Assert.Equal(Errno.ENODEV, _bench.Driver.Bonds.Bind(alone, _mm).Error);
        Assert.Equal(Errno.EINVAL, _bench.Driver.Bonds.Unbind(alone, _mm));

        _device.Group!.Add(alone);
        Assert.Equal(Errno.EINVAL, _bench.Driver.Bonds.Bind(_device, _mm).Error);
    }

    [Fact]
    public void PASID_too_wide_for_a_second_device_is_EOVERFLOW_and_without_a_free_one_it_is_ENOSPC()
    {
        Device narrow = DeviceWithSva(streamId: 9, pasidBits: 1);
        AddressSpace second = new(_bench.Kernel, _bench.Memory, "second");
        Bind();
        Assert.Equal(2u, _bench.Driver.Bonds.Bind(_device, second).Value);

        Assert.Equal(Errno.EOVERFLOW, _bench.Driver.Bonds.Bind(narrow, second).Error);
        Assert.Equal(Errno.ENOSPC, _bench.Driver.Bonds.Bind(narrow, new AddressSpace(_bench.Kernel, _bench.Memory, "third")).Error);
        Assert.Equal(1u, _bench.Driver.Bonds.Bind(narrow, _mm).Value);
    }

    [Fact]
    public void Two_devices_in_one_domain_share_the_descriptor_until_the_last_unbind()
    {
        Device other = _bench.AddStallingDevice(9, pasidBits: 8);
        Assert.Equal(Errno.None, other.Group!.Attach(_domain));
        _bench.Driver.EnableFeature(other, IommuFeature.Iopf);
        Assert.Equal(Errno.None, _bench.Driver.EnableFeature(other, IommuFeature.Sva));
        uint pasid = Bind();
        Assert.Equal(pasid, _bench.Driver.Bonds.Bind(other, _mm).Value);

        Assert.Equal(Errno.None, _bench.Driver.Bonds.Unbind(_device, _mm));
        Assert.True(_bench.DescriptorOf(_domain, pasid).IsValid);
        Assert.Equal(Errno.None, _bench.Driver.Bonds.Unbind(other, _mm));
        Assert.False(_bench.DescriptorOf(_domain, pasid).IsValid);
    }

    private Device DeviceWithSva(uint streamId, int pasidBits)
    {
        Device device = _bench.AddStallingDevice(streamId, pasidBits);
        _bench.Attach(device);
        Assert.Equal(Errno.None, _bench.Driver.EnableFeature(device, IommuFeature.Iopf));
        Assert.Equal(Errno.None, _bench.Driver.EnableFeature(device, IommuFeature.Sva));
        return device;
    }

    private uint Bind() => _bench.Driver.Bonds.Bind(_device, _mm).Value;
}
