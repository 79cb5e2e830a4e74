using Iopf.Kernel;
using Iopf.Testing;
using Iopf.TestKit.Vfio;
using Moq;

namespace Iopf.Vfio.Tests.Groups;

public sealed class VfioContainerTests
{
    private readonly VfioWorld _world = new();

    [Fact]
    [Trait("Fact", "T100")]
    public void Set_iommu_on_a_container_without_groups_fails_with_EINVAL()
    {
        VfioContainer container = _world.Core.OpenContainer();

        Errno errno = container.SetIommu(_world.Caller, VfioExtension.Type1V2);

        Assert.Equal(Errno.EINVAL, errno);
        Assert.Empty(_world.Backend.Opened);
    }

    [Fact]
    [Trait("Fact", "T101")]
    public void Set_iommu_on_a_container_with_a_backend_fails_with_EINVAL()
    {
        VfioContainer container = _world.OpenReadyGroup(1).Container!;

        Errno errno = container.SetIommu(_world.Caller, VfioExtension.Type1);

        Assert.Equal(Errno.EINVAL, errno);
        Assert.Single(_world.Backend.Opened);
    }

    [Fact]
    [Trait("Fact", "T102")]
    public void Set_iommu_to_a_type_that_no_backend_offers_fails_with_ENODEV()
    {
        VfioContainer container = ContainerWithGroups(1);

        Errno errno = container.SetIommu(_world.Caller, VfioExtension.Spapr);

        Assert.Equal(Errno.ENODEV, errno);
        Assert.Null(container.Backend);
    }

    [Fact]
    [Trait("Fact", "T103")]
    public void Map_dma_without_a_backend_fails_with_EINVAL_and_an_unknown_ioctl_with_one_is_the_backends_ENOTTY()
    {
        VfioContainer container = ContainerWithGroups(1);

        IoctlResult early = container.Ioctl(_world.Caller, VfioIoctl.IommuMapDma, default);
        container.SetIommu(_world.Caller, VfioExtension.Type1);
        IoctlResult unknown = container.Ioctl(_world.Caller, 0x3B76, default);

        Assert.Equal(Errno.EINVAL, early.Error);
        Assert.Equal(Errno.ENOTTY, unknown.Error);
        Assert.Equal(0x3B76u, _world.State.LastIoctl);
    }

    [Theory]
    [Trait("Fact", "T109")]
    [InlineData(9u, 1)]
    [InlineData(10u, 1)]
    [InlineData(4u, 0)]
    [InlineData(99u, 0)]
    public void Check_extension_without_a_backend_asks_all_of_them(uint extension, int expected)
    {
        VfioContainer container = _world.Core.OpenContainer();

        IoctlResult result = container.Ioctl(_world.Caller, VfioIoctl.CheckExtension, new UserArgument(extension));

        Assert.Equal(new IoctlResult(expected, Errno.None), result);
    }

    [Fact]
    public void Check_extension_with_a_backend_asks_it_with_the_containers_state()
    {
        VfioContainer container = _world.OpenReadyGroup(1).Container!;

        Assert.Equal(1, container.CheckExtension(VfioExtension.DmaCacheCoherency));
    }

    [Fact]
    public void Check_extension_without_a_backend_takes_the_first_positive_answer()
    {
        Mock<IVfioIommuBackend> other = new();
        other.Setup(backend => backend.CheckExtension(null, VfioExtension.Spapr)).Returns(1);
        VfioWorld world = new(other.Object);

        Assert.Equal(1, world.Core.OpenContainer().CheckExtension(VfioExtension.Spapr));
    }

    [Fact]
    public void Api_version_is_0()
    {
        IoctlResult result = _world.Core.OpenContainer().Ioctl(_world.Caller, VfioIoctl.GetApiVersion, default);

        Assert.Equal(new IoctlResult(0, Errno.None), result);
    }

    [Fact]
    public void Set_iommu_attaches_every_group_newest_first_under_the_group_lock()
    {
        VfioContainer container = ContainerWithGroups(1, 2, 3);

        IoctlResult result = container.Ioctl(_world.Caller, VfioIoctl.SetIommu, new UserArgument(VfioExtension.Type1V2));

        Assert.True(result.IsSuccess);
        Assert.Equal(VfioExtension.Type1V2, _world.Backend.LastType);
        Assert.Equal(["attach 3", "attach 2", "attach 1"], _world.State.Log);
        Assert.Contains("container.group_lock", _world.State.LocksSeen, StringComparison.Ordinal);
        Assert.Contains("vfio.iommu_drivers_lock", _world.State.LocksSeen, StringComparison.Ordinal);
    }

    [Fact]
    public void Set_iommu_detaches_in_reverse_and_releases_when_one_group_is_refused()
    {
        VfioContainer container = ContainerWithGroups(1, 2, 3);
        _world.Backend.Refused[1] = Errno.EPERM;

        Errno errno = container.SetIommu(_world.Caller, VfioExtension.Type1V2);

        Assert.Equal(Errno.EPERM, errno);
        Assert.Equal(["attach 3", "attach 2", "refuse 1", "detach 2", "detach 3", "release"], _world.State.Log);
        Assert.Null(container.Backend);
        Assert.Null(container.Iommu);
    }

    [Fact]
    public void Set_iommu_can_be_tried_again_after_it_failed()
    {
        VfioContainer container = ContainerWithGroups(1, 2);
        _world.Backend.Refused[1] = Errno.EPERM;
        container.SetIommu(_world.Caller, VfioExtension.Type1V2);
        _world.Backend.Refused.Clear();

        Errno errno = container.SetIommu(_world.Caller, VfioExtension.Type1V2);

        Assert.Equal(Errno.None, errno);
        Assert.Equal(2, _world.State.Groups.Count);
    }

    [Fact]
    public void Set_iommu_goes_on_to_the_next_backend_when_the_first_fails()
    {
        VfioWorld world = new();
        FakeVfioBackend second = new(world.Kernel);
        VfioCore core = new(world.Kernel, [world.Backend, second]);
        world.Backend.OpenError = Errno.ENOMEM;
        core.RegisterDevice(world.NewDevice("dev-1", world.NewIommuGroup(1)), new FakeBusDriver());
        VfioContainer container = core.OpenContainer();
        core.OpenGroup(1).Value.SetContainer(world.Caller, container);

        Errno errno = container.SetIommu(world.Caller, VfioExtension.Type1V2);

        Assert.Equal(Errno.None, errno);
        Assert.Same(second, container.Backend);
    }

    [Fact]
    public void Set_iommu_answers_with_the_last_backends_error()
    {
        VfioContainer container = ContainerWithGroups(1);
        _world.Backend.OpenError = Errno.ENOMEM;

        Assert.Equal(Errno.ENOMEM, container.SetIommu(_world.Caller, VfioExtension.Type1V2));
    }

    [Fact]
    public void Mappings_live_on_after_the_container_is_closed_until_the_last_group_leaves()
    {
        VfioGroup group = _world.OpenReadyGroup(1);
        VfioContainer container = group.Container!;

        container.Close();

        Assert.Equal(["attach 1", "closed"], _world.State.Log);
        Assert.Same(container, group.Container);
        Assert.Equal(Errno.None, group.UnsetContainer());
        Assert.Equal(["attach 1", "closed", "detach 1", "release"], _world.State.Log);
    }

    [Fact]
    public void Closed_container_is_a_bad_descriptor()
    {
        VfioContainer container = _world.OpenReadyGroup(1).Container!;
        container.Close();

        Assert.Equal(Errno.EBADF, container.Ioctl(_world.Caller, VfioIoctl.IommuMapDma, default).Error);
        Assert.Equal(Errno.EBADF, container.SetIommu(_world.Caller, VfioExtension.Type1));
        Assert.Equal(Errno.EBADF, container.Close());
        Assert.Equal(Errno.EBADF, _world.OpenNewGroup(2).SetContainer(_world.Caller, container));
    }

    [Fact]
    public void Backend_is_called_without_any_lock_of_the_core()
    {
        VfioContainer container = _world.OpenReadyGroup(1).Container!;

        container.Ioctl(_world.Caller, VfioIoctl.IommuMapDma, default);

        Assert.Equal("no lock", _world.State.LocksSeen);
    }

    private VfioContainer ContainerWithGroups(params int[] ids)
    {
        VfioContainer container = _world.Core.OpenContainer();
        foreach (int id in ids)
        {
            Assert.Equal(Errno.None, _world.OpenNewGroup(id).SetContainer(_world.Caller, container));
        }

        return container;
    }
}
