using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Testing;
using Iopf.Vfio;
using Iopf.VfioType1.Patches.EnableIopf;
using Iopf.VfioType1.Tests.FaultHandling;
using Moq;

namespace Iopf.VfioType1.Tests.Patches.EnableIopf;

/// <summary>The ioctl that switches IOPF on.</summary>
public sealed class EnableIopfCommandTests
{
    private readonly FaultWorld _world = new();
    private readonly Mock<IAddressSpaceWatch> _watch = new();
    private readonly EnableIopfCommand _command;

    public EnableIopfCommandTests()
    {
        _world.Directory.Unlink(_world.Group);
        Type1FaultEntry entry = new(new HostOnlyRouting(), Mock.Of<IGuestFaultDelivery>(), Mock.Of<IHostFaultService>());
        FaultingDevices devices = new(
            _world.Kernel, _world.Directory, Mock.Of<IHostFaultService>(), new FaultRegistration(_world.Kernel, _world.Handlers, entry), _world.Handlers, new DeviceFeatures());
        _command = new EnableIopfCommand(_world.Kernel, new IopfSwitch(_world.Kernel), _watch.Object, devices);
    }

    [Fact]
    public void The_number_is_that_of_the_posted_header() => Assert.Equal(0x3B76u, _command.Number);

    [Fact]
    public void The_callers_memory_is_watched_and_its_devices_fault_from_now_on()
    {
        Assert.Equal(Errno.None, Execute());

        Assert.True(_world.Container.IsIopfEnabled);
        Assert.Same(_world.Owner.Mm, _world.Container.IopfOwner);
        Assert.True(_world.Device.Iommu!.HasFaultHandler);
        _watch.Verify(watch => watch.Watch(_world.Container, _world.Owner.Mm!), Times.Once);
    }

    [Fact]
    public void A_second_call_is_EBUSY_and_watches_nothing_more()
    {
        Execute();

        Assert.Equal(Errno.EBUSY, Execute());

        _watch.Verify(watch => watch.Watch(It.IsAny<Type1Container>(), It.IsAny<Mm.AddressSpace>()), Times.Once);
    }

    [Fact]
    public void A_container_with_mappings_is_EBUSY()
    {
        _world.AddMapping(0, 1);

        Assert.Equal(Errno.EBUSY, Execute());
        Assert.False(_world.Container.IsIopfEnabled);
    }

    [Fact]
    public void Memory_that_cannot_be_watched_leaves_the_switch_off()
    {
        _watch.Setup(watch => watch.Watch(_world.Container, _world.Owner.Mm!)).Returns(Errno.EINTR);

        Assert.Equal(Errno.EINTR, Execute());

        Assert.False(_world.Container.IsIopfEnabled || _world.Device.Iommu!.HasFaultHandler);
    }

    [Fact]
    public void A_device_that_cannot_fault_leaves_the_switch_off_and_the_memory_unwatched()
    {
        ((FakeIommuDriver)_world.Device.Iommu!.Driver).EnableError = Errno.ENODEV;

        Assert.Equal(Errno.ENODEV, Execute());

        Assert.False(_world.Container.IsIopfEnabled);
        _watch.Verify(watch => watch.Unwatch(_world.Container, _world.Owner.Mm!), Times.Once);
    }

    [Fact]
    public void A_second_group_that_cannot_fault_has_the_first_one_stopped()
    {
        FakeIommuDomain other = _world.AddDomain();
        Device broken = FakeDevices.Behind(_world.Kernel, other, "nic1");
        _world.Container.Domains[1].Groups.Add(new Type1Group(broken.Group!, isMediated: false));
        ((FakeIommuDriver)broken.Iommu!.Driver).EnableError = Errno.ENODEV;

        Assert.Equal(Errno.ENODEV, Execute());

        Assert.False(_world.Container.IsIopfEnabled || _world.Device.Iommu!.HasFaultHandler || broken.Iommu.HasFaultHandler);
        Assert.False(_world.Directory.TryFind(_world.Device, out _) || _world.Directory.TryFind(broken, out _));
        Assert.False(_world.Device.Iommu!.Driver.IsFeatureEnabled(_world.Device, IommuFeature.Iopf));
    }

    private Errno Execute() => _command.Execute(_world.Container, _world.Owner);
}
