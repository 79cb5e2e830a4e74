using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Testing;

namespace Iopf.Vfio.Tests.Groups;

public sealed class VfioDeviceTests
{
    private readonly VfioWorld _world = new();

    [Fact]
    public void Registered_device_is_the_driver_data_of_its_device()
    {
        Device device = _world.NewDevice("nic", _world.NewIommuGroup(1));

        VfioDevice vfioDevice = _world.Core.RegisterDevice(device, new FakeBusDriver()).Value;

        Assert.Same(vfioDevice, device.DriverData);
        Assert.Equal(DeviceBinding.VfioDriver, _world.Core.Bindings.Of(device));
    }

    [Fact]
    public void Device_is_registered_once_EBUSY_and_needs_an_iommu_group_EINVAL()
    {
        Device device = _world.NewDevice("nic", _world.NewIommuGroup(1));
        _world.Core.RegisterDevice(device, new FakeBusDriver());

        Assert.Equal(Errno.EBUSY, _world.Core.RegisterDevice(device, new FakeBusDriver()).Error);
        Assert.Equal(Errno.EINVAL, _world.Core.RegisterDevice(_world.NewLoneDevice("lone"), new FakeBusDriver()).Error);
    }

    [Fact]
    public void Each_descriptor_opens_and_releases_the_driver_and_counts_as_a_user()
    {
        FakeBusDriver driver = new();
        VfioGroup group = _world.OpenReadyGroup(1, driver);

        VfioDevice first = group.GetDeviceFd("dev-1").Value;
        VfioDevice second = group.GetDeviceFd("dev-1").Value;

        Assert.Same(first, second);
        Assert.Equal(2, driver.OpenCount);
        Assert.Equal(3, group.ContainerUsers);
        first.Close();
        second.Close();
        Assert.Equal(0, driver.OpenCount);
        Assert.Equal(1, group.ContainerUsers);
        Assert.Equal(Errno.EBADF, first.Close());
    }

    [Fact]
    public void Device_ioctl_goes_to_the_driver_while_a_descriptor_is_open()
    {
        VfioGroup group = _world.OpenReadyGroup(1);
        VfioDevice device = group.GetDeviceFd("dev-1").Value;

        Assert.Equal(Errno.ENOTTY, device.Ioctl(_world.Caller, VfioIoctl.DeviceGetInfo, default).Error);
        device.Close();
        Assert.Equal(Errno.EBADF, device.Ioctl(_world.Caller, VfioIoctl.DeviceGetInfo, default).Error);
    }

    [Fact]
    public void Unregistering_an_open_device_asks_user_space_and_waits_until_it_is_closed()
    {
        FakeBusDriver driver = new();
        VfioGroup group = _world.OpenReadyGroup(1, driver);
        VfioDevice device = group.GetDeviceFd("dev-1").Value;
        DeviceBinding during = DeviceBinding.Driverless;
        KernelThread vmm = _world.Kernel.Scheduler.CreateThread("vmm", () =>
        {
            during = _world.Core.Bindings.Of(device.Device);
            device.Close();
            group.Close();
        });
        driver.OnRequest = () => _world.Kernel.Scheduler.Wake(vmm);

        _world.Core.UnregisterDevice(device);

        Assert.Equal(DeviceBinding.BeingUnbound, during);
        Assert.Equal(DeviceBinding.Driverless, _world.Core.Bindings.Of(device.Device));
        Assert.Null(device.Device.DriverData);
        Assert.Equal(Errno.ENODEV, _world.Core.OpenGroup(1).Error);
    }

    [Fact]
    public void Unregistering_a_device_that_nobody_closes_is_reported_as_a_deadlock()
    {
        VfioGroup group = _world.OpenReadyGroup(1);
        VfioDevice device = group.GetDeviceFd("dev-1").Value;

        Assert.Throws<DeadlockException>(() => _world.Core.UnregisterDevice(device));
    }

    [Fact]
    public void Unregistering_the_last_device_waits_until_the_group_left_its_container()
    {
        VfioGroup group = _world.OpenReadyGroup(1);
        VfioDevice device = group.Devices[0];

        Assert.Throws<DeadlockException>(() => _world.Core.UnregisterDevice(device));
    }

    [Fact]
    public void Lookup_takes_a_reference_that_unregistering_waits_for()
    {
        VfioGroup group = _world.OpenNewGroup(1);
        VfioDevice device = _world.Core.GetDevice(group.Devices[0].Device)!;

        Assert.Throws<DeadlockException>(() => _world.Core.UnregisterDevice(device));
        VfioCore.PutDevice(device);
        Assert.Null(_world.Core.GetDevice(device.Device));
    }

    [Fact]
    public void Lookup_of_a_device_that_vfio_does_not_have_finds_nothing()
    {
        VfioGroup group = _world.OpenNewGroup(1);
        Device neighbour = _world.NewDevice("neighbour", group.IommuGroup);
        neighbour.DriverData = "a host driver's data";

        Assert.Null(_world.Core.GetDevice(neighbour));
        Assert.Null(_world.Core.GetDevice(_world.NewLoneDevice("lone")));
    }
}
