using Iopf.ArmSmmuV3.Driver;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Tests.Driver;

/// <summary>Why a device is not bound to an address space, and that a refusal leaves nothing behind.</summary>
public class SvaBondRefusalTests
{
    private readonly SmmuBench _bench = new();

    private SvaBonds Bonds => _bench.Driver.Bonds;

    [Fact]
    public void A_device_without_a_group_has_nowhere_to_bind() =>
        Assert.Equal(Errno.ENODEV, Bonds.Bind(new Device(_bench.Kernel, "stray", _bench.Bus), NewProcess()).Error);

    [Fact]
    public void A_device_that_shares_its_group_is_not_bound()
    {
        Device device = Enabled(0x10, pasidBits: 4);
        device.Group!.Add(new Device(_bench.Kernel, "twin", _bench.Bus));

        Assert.Equal(Errno.EINVAL, Bonds.Bind(device, NewProcess()).Error);
    }

    [Fact]
    public void A_device_has_one_PASID_fewer_than_its_bits_can_count_and_gives_each_back()
    {
        Device device = Enabled(0x10, pasidBits: 2);
        AddressSpace[] processes = [NewProcess(), NewProcess(), NewProcess(), NewProcess()];

        Assert.Equal([1u, 2u, 3u], processes[..3].Select(mm => Bonds.Bind(device, mm).Value));
        Assert.Equal(Errno.ENOSPC, Bonds.Bind(device, processes[3]).Error);

        Bonds.Unbind(device, processes[1]);
        Assert.Equal(2u, Bonds.Bind(device, processes[3]).Value);
    }

    [Fact]
    public void A_process_whose_PASID_is_too_wide_for_a_second_device_is_not_bound_to_it()
    {
        Device wide = Enabled(0x10, pasidBits: 4);
        Device narrow = Enabled(0x11, pasidBits: 1);
        AddressSpace first = NewProcess();
        AddressSpace second = NewProcess();
        Bonds.Bind(wide, first);
        Assert.Equal(2u, Bonds.Bind(wide, second).Value);

        Assert.Equal(Errno.EOVERFLOW, Bonds.Bind(narrow, second).Error);
        Assert.Equal(1u, Bonds.Bind(narrow, first).Value);
    }

    [Fact]
    public void Two_devices_share_the_PASID_of_a_process_and_the_last_one_gives_it_back()
    {
        Device one = Enabled(0x10, pasidBits: 4);
        Device two = Enabled(0x11, pasidBits: 4);
        AddressSpace mm = NewProcess();

        uint pasid = Bonds.Bind(one, mm).Value;
        Assert.Equal(pasid, Bonds.Bind(two, mm).Value);

        Bonds.Unbind(one, mm);
        Assert.Same(mm, Bonds.Find(two, pasid));
        Bonds.Unbind(two, mm);
        Assert.Null(Bonds.Find(two, pasid));
    }

    [Fact]
    public void Without_memory_for_a_notifier_or_a_descriptor_table_PASID_and_ASID_come_back()
    {
        Device device = Enabled(0x10, pasidBits: 16);
        AddressSpace mm = NewProcess();
        for (long left = 0; ; left++)
        {
            Assert.InRange(left, 0, 20);
            _bench.Memory.FrameLimit = _bench.Memory.AllocatedFrames + left;
            Result<uint> bound = Bonds.Bind(device, mm);
            if (bound.IsSuccess)
            {
                Assert.Equal(1u, bound.Value);
                Assert.True(left > 0);
                return;
            }

            Assert.Equal(Errno.ENOMEM, bound.Error);
            Assert.Null(Bonds.Find(device, 1));
            Assert.Equal(Errno.EINVAL, Bonds.Unbind(device, mm));
        }
    }

    [Fact]
    public void A_killed_thread_does_not_bind()
    {
        Device device = Enabled(0x10, pasidBits: 4);
        KernelThread killed = _bench.Kernel.Scheduler.CreateCaller("killed");
        killed.HasFatalSignal = true;

        using (_bench.Kernel.Scheduler.Enter(killed))
        {
            Assert.Equal(Errno.EINTR, Bonds.Bind(device, NewProcess()).Error);
        }
    }

    private AddressSpace NewProcess() => new(_bench.Kernel, _bench.Memory, "app");

    private Device Enabled(uint streamId, int pasidBits)
    {
        Device device = _bench.AddStallingDevice(streamId, pasidBits);
        _bench.Attach(device);
        Assert.Equal(Errno.None, _bench.Driver.EnableFeature(device, IommuFeature.Iopf));
        Assert.Equal(Errno.None, _bench.Driver.EnableFeature(device, IommuFeature.Sva));
        return device;
    }
}
