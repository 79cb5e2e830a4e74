using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Testing;
using Moq;

namespace Iopf.Vfio.Tests.External;

public sealed class VendorDriverApiTests
{
    private readonly VfioWorld _world = new();
    private readonly ulong[] _frames = new ulong[1024];

    private VendorDriverApi Api => new(_world.Kernel, _world.Core);

    [Fact]
    [Trait("Fact", "T110")]
    public void Pin_of_513_pages_fails_with_E2BIG_and_of_none_with_EINVAL()
    {
        Device device = _world.OpenReadyGroup(1).Devices[0].Device;

        Assert.Equal(Errno.E2BIG, Api.PinPages(device, new ulong[513], IommuProt.Read, _frames).Error);
        Assert.Equal(Errno.EINVAL, Api.PinPages(device, [], IommuProt.Read, _frames).Error);
        Assert.Equal(512, Api.PinPages(device, new ulong[512], IommuProt.Read, _frames).Value);
    }

    [Fact]
    public void Unpin_of_513_pages_fails_with_E2BIG_and_of_none_with_EINVAL()
    {
        Device device = _world.OpenReadyGroup(1).Devices[0].Device;

        Assert.Equal(Errno.E2BIG, Api.UnpinPages(device, new ulong[513]).Error);
        Assert.Equal(Errno.EINVAL, Api.UnpinPages(device, []).Error);
        Assert.Equal(Errno.EINVAL, Api.UnpinPages(null, [1]).Error);
    }

    [Fact]
    public void Pins_reach_the_backend_and_leave_no_user_behind()
    {
        VfioGroup group = _world.OpenReadyGroup(1);
        Device device = group.Devices[0].Device;

        Result<int> pinned = Api.PinPages(device, [7, 8], IommuProt.Read | IommuProt.Write, _frames);

        Assert.Equal(2, pinned.Value);
        Assert.Equal(0x1007ul, _frames[0]);
        Assert.Equal(1, _world.State.Pins[8]);
        Assert.Equal(2, Api.UnpinPages(device, [7, 8]).Value);
        Assert.Equal(0, _world.State.Pins[8]);
        Assert.Equal(1, group.ContainerUsers);
    }

    [Fact]
    public void Backends_error_comes_back_and_leaves_no_user_behind()
    {
        VfioGroup group = _world.OpenReadyGroup(1);
        _world.State.OperationError = Errno.ENOTTY;

        Assert.Equal(Errno.ENOTTY, Api.PinPages(group.Devices[0].Device, [7], IommuProt.Read, _frames).Error);
        Assert.Equal(1, group.ContainerUsers);
    }

    [Fact]
    public void Missing_device_or_too_short_an_answer_array_fails_with_EINVAL()
    {
        Device device = _world.OpenReadyGroup(1).Devices[0].Device;

        Assert.Equal(Errno.EINVAL, Api.PinPages(null, [7], IommuProt.Read, _frames).Error);
        Assert.Equal(Errno.EINVAL, Api.PinPages(device, [7], IommuProt.Read, []).Error);
    }

    [Fact]
    public void Device_without_a_vfio_group_fails_with_ENODEV()
    {
        Device device = _world.NewDevice("nic", _world.NewIommuGroup(1));

        Assert.Equal(Errno.ENODEV, Api.PinPages(device, [7], IommuProt.Read, _frames).Error);
        Assert.Equal(Errno.ENODEV, Api.UnpinPages(device, [7]).Error);
        Assert.Equal(Errno.ENODEV, Api.GetExternalUser(device).Error);
    }

    [Fact]
    public void Group_of_two_devices_may_unpin_but_not_pin()
    {
        VfioGroup group = _world.OpenReadyGroup(1);
        Device device = group.Devices[0].Device;
        Api.PinPages(device, [7], IommuProt.Read, _frames);
        _world.Core.RegisterDevice(_world.NewDevice("second", group.IommuGroup), new FakeBusDriver());

        Assert.Equal(Errno.EINVAL, Api.PinPages(device, [8], IommuProt.Read, _frames).Error);
        Assert.Equal(1, Api.UnpinPages(device, [7]).Value);
    }

    [Fact]
    public void Group_outside_a_container_or_without_a_backend_or_not_viable_fails_with_EINVAL()
    {
        VfioGroup outside = _world.OpenNewGroup(1);
        VfioGroup early = _world.OpenNewGroup(2);
        early.SetContainer(_world.Caller, _world.Core.OpenContainer());
        VfioGroup shared = _world.OpenReadyGroup(3);
        _world.Core.Bindings.Set(_world.NewDevice("neighbour", shared.IommuGroup), DeviceBinding.ForeignDriver);

        foreach (VfioGroup group in new[] { outside, early, shared })
        {
            int usersBefore = group.ContainerUsers;
            Assert.Equal(Errno.EINVAL, Api.PinPages(group.Devices[0].Device, [7], IommuProt.Read, _frames).Error);
            Assert.Equal(usersBefore, group.ContainerUsers);
        }
    }

    [Fact]
    public void External_user_keeps_the_group_in_its_container()
    {
        VfioGroup group = _world.OpenReadyGroup(1);

        VfioGroup held = Api.GetExternalUser(group.Devices[0].Device).Value;

        Assert.Equal(Errno.EBUSY, group.UnsetContainer());
        group.Close();
        Assert.False(_world.State.IsReleased);
        Api.PutExternalUser(held);
        Assert.True(_world.State.IsReleased);
    }

    [Fact]
    public void Dma_read_reaches_the_backend_and_needs_a_group_and_data()
    {
        VfioGroup group = Api.GetExternalUser(_world.OpenReadyGroup(1).Devices[0].Device).Value;
        byte[] data = new byte[4];

        Assert.Equal(Errno.None, Api.DmaReadWrite(group, _world.Caller, new Iova(0x42), data, write: false));
        Assert.Equal([0x42, 0x42, 0x42, 0x42], data);
        Assert.Equal(Errno.EINVAL, Api.DmaReadWrite(group, _world.Caller, new Iova(0x42), [], write: false));
        Assert.Equal(Errno.EINVAL, Api.DmaReadWrite(null, _world.Caller, new Iova(0x42), data, write: false));
    }

    [Fact]
    public void Notifier_is_registered_for_dma_unmap_only()
    {
        VfioGroup group = _world.OpenReadyGroup(1);
        Device device = group.Devices[0].Device;
        IVfioDmaUnmapNotifier notifier = Mock.Of<IVfioDmaUnmapNotifier>();

        Assert.Equal(Errno.EINVAL, Api.RegisterNotifier(device, notifier, 0));
        Assert.Equal(Errno.EINVAL, Api.RegisterNotifier(device, null, VfioNotifierEvents.DmaUnmap));
        Assert.Equal(Errno.EINVAL, Api.RegisterNotifier(device, notifier, 3));
        Assert.Equal(Errno.None, Api.RegisterNotifier(device, notifier, VfioNotifierEvents.DmaUnmap));
        Assert.Equal([notifier], _world.State.Notifiers);
        Assert.Equal(Errno.None, Api.UnregisterNotifier(device, notifier));
        Assert.Equal(Errno.EINVAL, Api.UnregisterNotifier(device, null));
        Assert.Equal(1, group.ContainerUsers);
    }
}
