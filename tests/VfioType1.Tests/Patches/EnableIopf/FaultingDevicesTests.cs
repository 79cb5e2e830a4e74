using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Testing;
using Iopf.Vfio;
using Iopf.VfioType1.Patches.EnableIopf;
using Iopf.VfioType1.Tests.FaultHandling;
using Moq;

namespace Iopf.VfioType1.Tests.Patches.EnableIopf;

/// <summary>The faults of a group's devices are switched on and off: look-up, service, handler, feature.</summary>
public sealed class FaultingDevicesTests
{
    private readonly FaultWorld _world = new();
    private readonly Mock<IHostFaultService> _host = new(MockBehavior.Strict);
    private readonly List<string> _steps = [];
    private readonly FaultingDevices _devices;

    public FaultingDevicesTests()
    {
        // The world links its group already; this is about who links.
        _world.Directory.Unlink(_world.Group);
        _host.Setup(host => host.Start(_world.Device)).Returns(() =>
        {
            _steps.Add($"start, linked {IsLinked}, handler {HasHandler}");
            return Errno.None;
        });
        _host.Setup(host => host.Stop(_world.Device)).Callback(() => _steps.Add($"stop, linked {IsLinked}, handler {HasHandler}"));
        Type1FaultEntry entry = new(new HostOnlyRouting(), Mock.Of<IGuestFaultDelivery>(), _host.Object);
        _devices = new FaultingDevices(
            _world.Kernel, _world.Directory, _host.Object, new FaultRegistration(_world.Kernel, _world.Handlers, entry), _world.Handlers, new DeviceFeatures());
    }

    private FakeIommuDriver Driver => (FakeIommuDriver)_world.Device.Iommu!.Driver;

    private bool IsLinked => _world.Directory.TryFind(_world.Device, out _);

    private bool HasHandler => _world.Device.Iommu!.HasFaultHandler;

    [Fact]
    public void A_device_can_be_looked_up_and_is_served_before_it_can_fault()
    {
        Assert.Equal(Errno.None, _devices.Start(_world.Container, _world.Group, "test"));

        Assert.Equal(["start, linked True, handler False"], _steps);
        Assert.True(HasHandler);
        Assert.True(Driver.IsFeatureEnabled(_world.Device, IommuFeature.Iopf));
    }

    [Fact]
    public void A_device_stops_being_looked_up_only_after_its_service_has_ended()
    {
        _devices.Start(_world.Container, _world.Group, "test");
        _steps.Clear();

        _devices.Stop(_world.Group, "test");

        Assert.Equal(["stop, linked True, handler True"], _steps);
        Assert.False(IsLinked || HasHandler || Driver.IsFeatureEnabled(_world.Device, IommuFeature.Iopf));
    }

    [Fact]
    public void A_device_that_cannot_fault_leaves_nothing_behind()
    {
        Driver.EnableError = Errno.ENODEV;

        Assert.Equal(Errno.ENODEV, _devices.Start(_world.Container, _world.Group, "test"));

        Assert.False(IsLinked || HasHandler);
        Assert.Equal(["start, linked True, handler False", "stop, linked True, handler True"], _steps);
    }

    [Fact]
    public void The_last_device_of_a_group_that_cannot_fault_has_the_others_stopped()
    {
        Device second = new(_world.Kernel, "nic1", _world.Device.Bus);
        second.Iommu = new DeviceIommu(_world.Kernel, second, new FakeIommuDriver(_world.Kernel) { EnableError = Errno.EBUSY });
        _world.Device.Group!.Add(second);
        _host.Setup(host => host.Start(second)).Returns(Errno.None);
        _host.Setup(host => host.Stop(second)).Callback(() => _steps.Add("stop second"));

        Assert.Equal(Errno.EBUSY, _devices.Start(_world.Container, _world.Group, "test"));

        Assert.Equal(["start, linked True, handler False", "stop second", "stop, linked True, handler True"], _steps);
        Assert.False(IsLinked || HasHandler || second.Iommu.HasFaultHandler || Driver.IsFeatureEnabled(_world.Device, IommuFeature.Iopf));
    }

    [Theory]
    [InlineData(false, FaultReportCapabilities.Flat)]
    [InlineData(true, FaultReportCapabilities.NestedLevel2)]
    public void The_handler_of_a_nested_domain_takes_the_faults_of_level_2(bool isNested, FaultReportCapabilities expected)
    {
        _world.Domain.Nested = isNested;

        _devices.Start(_world.Container, _world.Group, "test");

        Assert.Equal(expected, _world.Handlers.CapabilitiesOf(_world.Device));
    }

    [Fact]
    public void A_device_with_another_handler_is_refused_and_left_to_it()
    {
        _world.Register(Mock.Of<IDeviceFaultHandler>());

        Assert.Equal(Errno.EBUSY, _devices.Start(_world.Container, _world.Group, "test"));

        Assert.True(HasHandler);
        Assert.False(IsLinked);
    }

    [Fact]
    public void Faults_that_still_wait_when_a_device_stops_are_answered_INVALID()
    {
        _host.Setup(host => host.Handle(_world.Device, It.IsAny<IommuFault>())).Returns(Errno.None);
        _devices.Start(_world.Container, _world.Group, "test");
        _world.Report(FaultWorld.Request(1));

        _devices.Stop(_world.Group, "test");

        Assert.Equal(PageResponseCode.Invalid, _world.Answer);
        Assert.Equal(0, _world.Device.Iommu!.PendingFaultCount);
    }
}
