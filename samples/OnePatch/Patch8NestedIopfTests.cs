using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Testing;
using Iopf.Vfio;
using Iopf.VfioType1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Moq;

namespace OnePatch;

/// <summary>Patch 8: the stage-1 faults of a nested device go to the guest.</summary>
public sealed class Patch8NestedIopfTests
{
    private readonly Mock<IFaultHandlerRegistry> _handlers = new();

    [Fact]
    public void Without_it_the_host_resolves_every_fault()
    {
        using ServiceProvider services = new ServiceCollection().AddVfioType1().Replace(ServiceDescriptor.Singleton(_handlers.Object)).BuildServiceProvider();

        Assert.Equal(FaultRoute.Host, RouteOf(services, FaultReportCapabilities.NestedLevel1, FaultStage.Stage1));
    }

    [Theory]
    [InlineData(FaultReportCapabilities.NestedLevel1)]
    [InlineData(FaultReportCapabilities.NestedLevel1 | FaultReportCapabilities.NestedLevel2)]
    public void With_it_the_stage_1_faults_of_a_nested_device_are_the_guests(FaultReportCapabilities registered)
    {
        using ServiceProvider services = Patch();

        Assert.Equal(FaultRoute.Guest, RouteOf(services, registered, FaultStage.Stage1));
    }

    [Theory]
    [InlineData(FaultReportCapabilities.NestedLevel1 | FaultReportCapabilities.NestedLevel2, FaultStage.Stage2)]
    [InlineData(FaultReportCapabilities.Flat, FaultStage.Stage1)]
    [InlineData(FaultReportCapabilities.None, FaultStage.Stage1)]
    public void It_must_not_give_the_guest_a_stage_2_fault_or_one_of_a_device_that_is_not_nested(FaultReportCapabilities registered, FaultStage stage)
    {
        using ServiceProvider services = Patch();

        Assert.Equal(FaultRoute.Host, RouteOf(services, registered, stage));
    }

    [Fact]
    public void It_must_not_hand_a_fault_to_a_device_that_VFIO_does_not_know()
    {
        Mock<IVfioDevices> vfio = new();
        ServiceCollection patch = new();
        patch.AddNestedIopf().Replace(ServiceDescriptor.Singleton<Func<IVfioDevices>>(() => vfio.Object));
        using ServiceProvider services = patch.BuildServiceProvider();
        Type1World world = new(services);

        Errno answer = services.GetRequiredService<IGuestFaultDelivery>().Deliver(world.Device, Faults.Read(Type1World.IovaAt(0)));

        Assert.Equal(Errno.EOPNOTSUPP, answer);
        vfio.Verify(core => core.GetDevice(world.Device), Times.Once);
    }

    private FaultRoute RouteOf(IServiceProvider services, FaultReportCapabilities registered, FaultStage stage)
    {
        Type1World world = new(services);
        _handlers.Setup(registry => registry.CapabilitiesOf(world.Device)).Returns(registered);
        return services.GetRequiredService<IFaultRouting>().RouteOf(world.Device, Faults.Read(Type1World.IovaAt(0), stage: stage)).Value;
    }

    private ServiceProvider Patch()
    {
        ServiceCollection services = new();
        services.AddNestedIopf().Replace(ServiceDescriptor.Singleton(_handlers.Object));
        return services.BuildServiceProvider();
    }
}
