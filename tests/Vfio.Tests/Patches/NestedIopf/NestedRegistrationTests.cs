using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Vfio.Patches.NestedIopf;

namespace Iopf.Vfio.Tests.Patches.NestedIopf;

public sealed class NestedRegistrationTests
{
    private readonly VfioWorld _world = new();

    private NestedRegistration Registration => new(_world.Core);

    [Fact]
    public void Registration_reaches_the_backend_under_the_containers_group_lock()
    {
        VfioGroup group = _world.OpenReadyGroup(1);
        Device device = group.Devices[0].Device;

        Errno errno = Registration.Register(device);

        Assert.Equal(Errno.None, errno);
        Assert.Contains(device, _world.State.NestedDevices);
        Assert.Contains("container.group_lock", _world.State.LocksSeen, StringComparison.Ordinal);
        Assert.Equal(1, group.ContainerUsers);
    }

    [Fact]
    public void Unregistration_reaches_the_backend_under_the_containers_group_lock()
    {
        VfioGroup group = _world.OpenReadyGroup(1);
        Device device = group.Devices[0].Device;
        Registration.Register(device);

        Errno errno = Registration.Unregister(device);

        Assert.Equal(Errno.None, errno);
        Assert.Empty(_world.State.NestedDevices);
        Assert.Contains("container.group_lock", _world.State.LocksSeen, StringComparison.Ordinal);
        Assert.Equal(1, group.ContainerUsers);
    }

    [Fact]
    public void No_device_fails_with_EINVAL()
    {
        Assert.Equal(Errno.EINVAL, Registration.Register(null));
        Assert.Equal(Errno.EINVAL, Registration.Unregister(null));
    }

    [Fact]
    public void Device_without_a_vfio_group_fails_with_ENODEV()
    {
        Device device = _world.NewDevice("nic", _world.NewIommuGroup(1));

        Assert.Equal(Errno.ENODEV, Registration.Register(device));
        Assert.Equal(Errno.ENODEV, Registration.Unregister(device));
        Assert.Equal(Errno.ENODEV, Registration.Register(_world.NewLoneDevice("lone")));
    }

    [Fact]
    public void Group_outside_a_container_fails_with_EINVAL()
    {
        Device device = _world.OpenNewGroup(1).Devices[0].Device;

        Assert.Equal(Errno.EINVAL, Registration.Register(device));
        Assert.Equal(Errno.EINVAL, Registration.Unregister(device));
    }

    [Fact]
    public void Backend_without_the_operation_fails_with_ENOTTY_and_leaves_no_user_behind()
    {
        VfioGroup group = _world.OpenReadyGroup(1);
        _world.State.OperationError = Errno.ENOTTY;

        Assert.Equal(Errno.ENOTTY, Registration.Register(group.Devices[0].Device));
        Assert.Equal(Errno.ENOTTY, Registration.Unregister(group.Devices[0].Device));
        Assert.Equal(1, group.ContainerUsers);
    }
}
