using Iopf.Kernel;
using Moq;

namespace Iopf.Iommu.Tests.Devices;

/// <summary>Devices that share one domain come and go together.</summary>
public sealed class IommuGroupTests
{
    private readonly HostKernel _kernel = new();
    private readonly Mock<IommuDomain> _default;
    private readonly Mock<IommuDomain> _domain;

    public IommuGroupTests()
    {
        _default = new(_kernel, DomainType.Dma);
        _domain = new(_kernel, DomainType.Unmanaged);
    }

    [Fact]
    public void A_device_that_joins_is_attached_to_the_domain_the_group_is_in()
    {
        IommuGroup group = GroupOf(_default.Object);
        Device device = NewDevice("nic0");

        group.Add(device);

        _default.Verify(domain => domain.AttachDevice(device), Times.Once);
        Assert.Same(group, device.Group);
    }

    [Fact]
    public void A_device_that_leaves_is_detached_and_may_join_another_group()
    {
        IommuGroup group = GroupOf(_default.Object);
        Device device = NewDevice("nic0");
        group.Add(device);

        group.Remove(device);

        _default.Verify(domain => domain.DetachDevice(device), Times.Once);
        Assert.Empty(group.Devices);
        GroupOf(null).Add(device);
    }

    [Fact]
    public void A_device_leaves_a_group_without_domain_with_nothing_to_detach_from()
    {
        IommuGroup group = GroupOf(null);
        Device device = NewDevice("nic0");
        group.Add(device);

        group.Remove(device);

        Assert.Null(device.Group);
    }

    [Fact]
    public void A_device_is_in_one_group_only()
    {
        Device device = NewDevice("nic0");
        GroupOf(null).Add(device);

        Assert.Throws<InvariantViolationException>(() => GroupOf(null).Add(device));
    }

    [Fact]
    public void Only_a_member_leaves_a_group() =>
        Assert.Throws<InvariantViolationException>(() => GroupOf(null).Remove(NewDevice("nic0")));

    [Fact]
    public void A_group_moves_out_of_its_default_domain_but_from_one_owner_to_another_it_is_EBUSY()
    {
        IommuGroup group = GroupOf(_default.Object);
        Mock<IommuDomain> other = new(_kernel, DomainType.Unmanaged);
        group.Add(NewDevice("nic0"));

        Assert.Equal(Errno.None, group.Attach(_domain.Object));
        Assert.Equal(Errno.EBUSY, group.Attach(other.Object));

        Assert.Same(_domain.Object, group.Domain);
        other.Verify(domain => domain.AttachDevice(It.IsAny<Device>()), Times.Never);
    }

    [Fact]
    public void A_device_that_the_driver_refuses_keeps_the_group_where_it_was()
    {
        IommuGroup group = GroupOf(_default.Object);
        Device refused = NewDevice("nic1");
        group.Add(NewDevice("nic0"));
        group.Add(refused);
        _domain.Setup(domain => domain.AttachDevice(refused)).Returns(Errno.ENXIO);

        Assert.Equal(Errno.ENXIO, group.Attach(_domain.Object));

        Assert.Same(_default.Object, group.Domain);
    }

    [Fact]
    public void A_group_that_is_detached_goes_back_to_its_default_domain()
    {
        IommuGroup group = GroupOf(_default.Object);
        Device device = NewDevice("nic0");
        group.Add(device);
        group.Attach(_domain.Object);

        group.Detach(_domain.Object);

        _default.Verify(domain => domain.AttachDevice(device), Times.Exactly(2));
        Assert.Same(_default.Object, group.Domain);
    }

    [Fact]
    public void A_group_without_default_domain_is_in_none_once_it_is_detached()
    {
        IommuGroup group = GroupOf(null);
        Device device = NewDevice("nic0");
        group.Add(device);
        group.Attach(_domain.Object);

        group.Detach(_domain.Object);

        _domain.Verify(domain => domain.DetachDevice(device), Times.Once);
        Assert.Null(group.Domain);
    }

    [Fact]
    public void Groups_and_devices_print_as_their_names()
    {
        Assert.Equal("group 7", GroupOf(null).ToString());
        Assert.Equal("nic0", NewDevice("nic0").ToString());
    }

    private IommuGroup GroupOf(IommuDomain? defaultDomain) => new(_kernel, 7, defaultDomain);

    private Device NewDevice(string name) => new(_kernel, name, new Bus("pci"));
}
