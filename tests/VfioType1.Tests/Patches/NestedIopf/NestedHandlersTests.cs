using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Vfio;
using Iopf.VfioType1.Patches.NestedIopf;
using Iopf.VfioType1.Tests.FaultHandling;
using Moq;

namespace Iopf.VfioType1.Tests.Patches.NestedIopf;

/// <summary>A bus driver asks for the stage-1 faults of a device, alone or beside IOPF.</summary>
public sealed class NestedHandlersTests
{
    private readonly FaultWorld _world = new();
    private readonly DeviceFaultHandlers _core;
    private readonly FaultRegistration _registration;
    private readonly NestedHandlers _nested;

    public NestedHandlersTests()
    {
        Mock<IFaultHandlerCapabilities> capabilities = new();
        capabilities.Setup(port => port.Update(It.IsAny<FaultReportCapabilities>(), It.IsAny<FaultReportCapabilities>(), It.IsAny<FaultReportCapabilities>()))
            .Returns((FaultReportCapabilities current, FaultReportCapabilities mask, FaultReportCapabilities set) => (current & mask) | set);
        _core = new DeviceFaultHandlers(capabilities.Object, _world.Responder);
        Mock<IGuestFaultDelivery> guest = new();
        guest.Setup(port => port.Deliver(It.IsAny<Device>(), It.IsAny<IommuFault>())).Returns(Errno.None);
        Mock<IFaultRouting> routing = new();
        routing.Setup(port => port.RouteOf(It.IsAny<Device>(), It.IsAny<IommuFault>())).Returns(FaultRoute.Guest);
        _registration = new FaultRegistration(_world.Kernel, _core, new Type1FaultEntry(routing.Object, guest.Object, Mock.Of<IHostFaultService>()));
        _nested = new NestedHandlers(_world.Kernel, _registration, _core);
    }

    private FaultReportCapabilities Registered => _core.CapabilitiesOf(_world.Device);

    [Fact]
    public void Asking_registers_level_1()
    {
        Assert.Equal(Errno.None, _nested.Register(_world.Container, _world.Device));

        Assert.Equal(FaultReportCapabilities.NestedLevel1, Registered);
    }

    [Fact]
    public void Asking_beside_IOPF_adds_level_1_and_leaves_level_2()
    {
        _registration.Add(_world.Device, FaultReportCapabilities.NestedLevel2);

        _nested.Register(_world.Container, _world.Device);
        Assert.Equal(FaultReportCapabilities.NestedLevel1 | FaultReportCapabilities.NestedLevel2, Registered);

        _nested.Unregister(_world.Container, _world.Device);
        Assert.Equal(FaultReportCapabilities.NestedLevel2, Registered);
    }

    [Fact]
    public void No_longer_asking_alone_unregisters_the_handler_and_answers_what_waits()
    {
        _nested.Register(_world.Container, _world.Device);
        _world.Report(FaultWorld.Request(1));
        Assert.Equal(1, _world.Device.Iommu!.PendingFaultCount);

        Assert.Equal(Errno.None, _nested.Unregister(_world.Container, _world.Device));

        Assert.Equal(PageResponseCode.Invalid, _world.Answer);
        Assert.False(_world.Device.Iommu.HasFaultHandler);
    }

    [Fact]
    public void A_handler_of_somebody_else_stays() =>
        Assert.Equal(Errno.EBUSY, AfterSomebodyElse(() => _nested.Register(_world.Container, _world.Device)));

    private Errno AfterSomebodyElse(Func<Errno> ask)
    {
        _core.Register(_world.Device, Mock.Of<IDeviceFaultHandler>(), FaultReportCapabilities.Flat);
        return ask();
    }
}
