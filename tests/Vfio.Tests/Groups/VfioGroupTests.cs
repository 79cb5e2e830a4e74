using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Testing;
using Iopf.TestKit.Vfio;

namespace Iopf.Vfio.Tests.Groups;

public sealed class VfioGroupTests
{
    private readonly VfioWorld _world = new();

    [Fact]
    [Trait("Fact", "T104")]
    public void Group_in_a_container_cannot_join_another_EINVAL()
    {
        VfioGroup group = _world.OpenReadyGroup(1);

        Errno errno = group.SetContainer(_world.Caller, _world.Core.OpenContainer());

        Assert.Equal(Errno.EINVAL, errno);
    }

    [Fact]
    [Trait("Fact", "T105")]
    public void Group_with_an_open_device_cannot_leave_its_container_EBUSY()
    {
        VfioGroup group = _world.OpenReadyGroup(1);
        VfioDevice device = group.GetDeviceFd("dev-1").Value;

        Errno errno = group.UnsetContainer();

        Assert.Equal(Errno.EBUSY, errno);
        device.Close();
        Assert.Equal(Errno.None, group.UnsetContainer());
    }

    [Fact]
    [Trait("Fact", "T106")]
    public void Group_in_no_container_cannot_leave_one_EINVAL()
    {
        VfioGroup group = _world.OpenNewGroup(1);

        IoctlResult result = group.Ioctl(_world.Caller, VfioIoctl.GroupUnsetContainer, default);

        Assert.Equal(Errno.EINVAL, result.Error);
    }

    [Fact]
    [Trait("Fact", "T107")]
    public void Last_group_to_leave_destroys_the_backends_state_and_set_iommu_is_possible_again()
    {
        VfioGroup group = _world.OpenReadyGroup(1);
        VfioContainer container = group.Container!;
        FakeVfioIommu first = _world.State;

        group.UnsetContainer();
        Errno withoutGroup = container.SetIommu(_world.Caller, VfioExtension.Type1);
        group.SetContainer(_world.Caller, container);
        Errno withGroup = container.SetIommu(_world.Caller, VfioExtension.Type1);

        Assert.True(first.IsReleased);
        Assert.Equal(Errno.EINVAL, withoutGroup);
        Assert.Equal(Errno.None, withGroup);
        Assert.NotSame(first, _world.State);
    }

    [Fact]
    [Trait("Fact", "T108")]
    public void Open_group_cannot_be_opened_again_EBUSY()
    {
        VfioGroup group = _world.OpenNewGroup(1);

        Assert.Equal(Errno.EBUSY, _world.Core.OpenGroup(1).Error);
        group.Close();
        Assert.True(_world.Core.OpenGroup(1).IsSuccess);
    }

    [Fact]
    public void Group_without_vfio_devices_does_not_exist_ENODEV()
    {
        _world.NewDevice("dev-1", _world.NewIommuGroup(1));

        Assert.Equal(Errno.ENODEV, _world.Core.OpenGroup(1).Error);
    }

    [Fact]
    public void Group_is_found_by_its_number_among_others_until_its_last_device_goes()
    {
        foreach (int number in new[] { 1, 7, 3 })
        {
            _world.Core.RegisterDevice(_world.NewDevice($"dev-{number}", _world.NewIommuGroup(number)), new FakeBusDriver());
        }

        VfioGroup seventh = _world.Core.OpenGroup(7).Value;
        seventh.Close();
        _world.Core.UnregisterDevice(seventh.Devices[0]);

        Assert.Equal(7, seventh.Id);
        Assert.Equal(Errno.ENODEV, _world.Core.OpenGroup(7).Error);
        Assert.Equal(3, _world.Core.OpenGroup(3).Value.Id);
    }

    [Fact]
    public void Two_IOMMU_groups_with_one_number_break_a_promise()
    {
        _world.Core.RegisterDevice(_world.NewDevice("dev-1", _world.NewIommuGroup(1)), new FakeBusDriver());
        Device other = _world.NewDevice("other", _world.NewIommuGroup(1));

        Assert.Null(_world.Core.GetDevice(other));
        Assert.Throws<InvariantViolationException>(() => _world.Core.RegisterDevice(other, new FakeBusDriver()));
    }

    [Fact]
    public void Group_whose_old_container_is_kept_by_a_device_cannot_be_opened_EBUSY()
    {
        VfioGroup group = _world.OpenReadyGroup(1);
        VfioDevice device = group.GetDeviceFd("dev-1").Value;
        group.Close();

        Errno whileOpen = _world.Core.OpenGroup(1).Error;
        device.Close();

        Assert.Equal(Errno.EBUSY, whileOpen);
        Assert.True(_world.Core.OpenGroup(1).IsSuccess);
    }

    [Fact]
    public void Group_that_joins_a_container_with_a_backend_is_attached_at_once()
    {
        VfioContainer container = _world.OpenReadyGroup(1).Container!;

        Errno errno = _world.OpenNewGroup(2).SetContainer(_world.Caller, container);

        Assert.Equal(Errno.None, errno);
        Assert.Equal(["attach 1", "attach 2"], _world.State.Log);
    }

    [Fact]
    public void Group_that_the_backend_refuses_stays_outside()
    {
        VfioContainer container = _world.OpenReadyGroup(1).Container!;
        VfioGroup refused = _world.OpenNewGroup(2);
        _world.Backend.Refused[2] = Errno.EIO;

        Errno errno = refused.SetContainer(_world.Caller, container);

        Assert.Equal(Errno.EIO, errno);
        Assert.Null(refused.Container);
        Assert.Equal(0, refused.ContainerUsers);
        Assert.Single(container.Groups);
    }

    [Fact]
    public void Container_descriptor_that_is_not_open_is_refused_EBADF_and_a_negative_one_EINVAL()
    {
        VfioGroup group = _world.OpenNewGroup(1);

        Assert.Equal(Errno.EBADF, group.SetContainer(_world.Caller, null));
        Assert.Equal(Errno.EBADF, group.Ioctl(_world.Caller, VfioIoctl.GroupSetContainer, new UserArgument(5)).Error);
        Assert.Equal(Errno.EINVAL, group.Ioctl(_world.Caller, VfioIoctl.GroupSetContainer, new UserArgument(ulong.MaxValue)).Error);
    }

    [Theory]
    [InlineData(DeviceBinding.Driverless, true)]
    [InlineData(DeviceBinding.VfioDriver, true)]
    [InlineData(DeviceBinding.BeingUnbound, true)]
    [InlineData(DeviceBinding.PciStub, true)]
    [InlineData(DeviceBinding.PciBridge, true)]
    [InlineData(DeviceBinding.ForeignDriver, false)]
    public void Group_is_viable_unless_a_host_driver_has_one_of_its_devices(DeviceBinding binding, bool expected)
    {
        VfioGroup group = _world.OpenNewGroup(1);
        Device neighbour = _world.NewDevice("neighbour", group.IommuGroup);
        _world.Core.Bindings.Set(neighbour, binding);

        Assert.Equal(expected, group.IsViable);
    }

    [Fact]
    public void Device_of_a_group_that_is_not_viable_cannot_be_opened_EINVAL()
    {
        VfioGroup group = _world.OpenReadyGroup(1);
        _world.Core.Bindings.Set(_world.NewDevice("neighbour", group.IommuGroup), DeviceBinding.ForeignDriver);

        Assert.Equal(Errno.EINVAL, group.GetDeviceFd("dev-1").Error);
    }

    [Fact]
    public void Device_cannot_be_opened_before_the_group_has_a_container_with_a_backend_EINVAL()
    {
        VfioGroup group = _world.OpenNewGroup(1);

        Errno withoutContainer = group.GetDeviceFd("dev-1").Error;
        group.SetContainer(_world.Caller, _world.Core.OpenContainer());
        Errno withoutBackend = group.GetDeviceFd("dev-1").Error;

        Assert.Equal(Errno.EINVAL, withoutContainer);
        Assert.Equal(Errno.EINVAL, withoutBackend);
    }

    [Fact]
    public void Device_of_another_name_is_not_there_ENODEV()
    {
        VfioGroup group = _world.OpenReadyGroup(1);
        _world.NewDevice("driverless", group.IommuGroup);

        Assert.Equal(Errno.ENODEV, group.GetDeviceFd("dev-2").Error);
        Assert.Equal(Errno.ENODEV, group.GetDeviceFd("driverless").Error);
    }

    [Fact]
    public void Driver_that_fails_to_open_its_device_leaves_no_user_behind()
    {
        FakeBusDriver driver = new() { OpenError = Errno.EIO };
        VfioGroup group = _world.OpenReadyGroup(1, driver);

        Errno errno = group.GetDeviceFd("dev-1").Error;

        Assert.Equal(Errno.EIO, errno);
        Assert.Equal(1, group.ContainerUsers);
        Assert.Equal(Errno.None, group.UnsetContainer());
        _world.Core.UnregisterDevice(group.Devices[0]);
        Assert.Equal(Errno.ENODEV, _world.Core.OpenGroup(2).Error);
    }

    [Theory]
    [InlineData("container", "group", "device")]
    [InlineData("container", "device", "group")]
    [InlineData("group", "container", "device")]
    [InlineData("group", "device", "container")]
    [InlineData("device", "container", "group")]
    [InlineData("device", "group", "container")]
    public void Files_closed_in_any_order_end_with_the_backend_released_once(params string[] order)
    {
        VfioGroup group = _world.OpenReadyGroup(1);
        VfioContainer container = group.Container!;
        VfioDevice device = group.GetDeviceFd("dev-1").Value;

        for (int i = 0; i < order.Length; i++)
        {
            bool groupNeeded = order.Skip(i).Any(file => file != "container");
            Assert.Equal(!groupNeeded, _world.State.IsReleased);
            Errno errno = order[i] switch
            {
                "container" => container.Close(),
                "group" => group.Close(),
                _ => device.Close(),
            };
            Assert.Equal(Errno.None, errno);
        }

        Assert.True(_world.State.IsReleased);
        Assert.Equal(1, _world.State.Log.Count(entry => entry == "detach 1"));
        Assert.Equal(1, _world.State.Log.Count(entry => entry == "release"));
        Assert.Null(group.Container);
        Assert.Empty(container.Groups);
        Assert.Equal(0, group.ContainerUsers);
    }

    [Fact]
    public void Closing_a_group_that_left_its_container_does_not_leave_it_twice()
    {
        VfioGroup group = _world.OpenReadyGroup(1);
        group.UnsetContainer();

        Assert.Equal(Errno.None, group.Close());
        Assert.Equal(Errno.EBADF, group.Close());
        Assert.Equal(["attach 1", "detach 1", "release"], _world.State.Log);
    }

    [Fact]
    public void Status_tells_viable_and_container_set()
    {
        VfioGroup group = _world.OpenNewGroup(1);
        byte[] before = Status(group, argumentSize: 8);
        group.SetContainer(_world.Caller, _world.Core.OpenContainer());
        _world.Core.Bindings.Set(_world.NewDevice("neighbour", group.IommuGroup), DeviceBinding.ForeignDriver);

        byte[] after = Status(group, argumentSize: 16);

        Assert.Equal([8, 0, 0, 0, 1, 0, 0, 0], before);
        Assert.Equal([16, 0, 0, 0, 2, 0, 0, 0], after);
    }

    [Fact]
    public void Status_with_a_short_structure_fails_with_EINVAL_or_EFAULT()
    {
        VfioGroup group = _world.OpenNewGroup(1);

        Assert.Equal(Errno.EINVAL, group.Ioctl(_world.Caller, VfioIoctl.GroupGetStatus, new UserArgument(new byte[8], [])).Error);
        Assert.Equal(Errno.EFAULT, group.Ioctl(_world.Caller, VfioIoctl.GroupGetStatus, new UserArgument(new byte[7], [])).Error);
    }

    [Fact]
    public void Unknown_group_ioctl_fails_with_ENOTTY_and_any_on_a_closed_group_with_EBADF()
    {
        VfioGroup group = _world.OpenNewGroup(1);

        Assert.Equal(Errno.ENOTTY, group.Ioctl(_world.Caller, VfioIoctl.IommuMapDma, default).Error);
        group.Close();
        Assert.Equal(Errno.EBADF, group.Ioctl(_world.Caller, VfioIoctl.GroupUnsetContainer, default).Error);
        Assert.Equal(Errno.EBADF, group.SetContainer(_world.Caller, _world.Core.OpenContainer()));
        Assert.Equal(Errno.EBADF, group.GetDeviceFd("dev-1").Error);
    }

    [Fact]
    public void Group_without_iommu_is_refused_to_everybody_EPERM()
    {
        VfioGroup group = _world.OpenNewGroup(1);
        group.IsNoIommu = true;

        Assert.Equal(Errno.EPERM, group.SetContainer(_world.Caller, _world.Core.OpenContainer()));
        group.Close();
        group.IsNoIommu = true;
        Assert.Equal(Errno.EPERM, _world.Core.OpenGroup(1).Error);
    }

    private byte[] Status(VfioGroup group, byte argumentSize)
    {
        byte[] structure = [argumentSize, 0, 0, 0, 0xff, 0, 0, 0];
        Assert.True(group.Ioctl(_world.Caller, VfioIoctl.GroupGetStatus, new UserArgument(structure, [])).IsSuccess);
        return structure;
    }
}
