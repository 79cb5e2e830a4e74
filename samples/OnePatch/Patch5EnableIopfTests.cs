using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Testing;
using Iopf.VfioType1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Moq;

namespace OnePatch;

/// <summary>Patch 5: VFIO_IOMMU_ENABLE_IOPF has the faults of a container's devices served.</summary>
public sealed class Patch5EnableIopfTests
{
    private readonly Mock<IHostFaultService> _service = new();
    private readonly Mock<IAddressSpaceWatch> _watch = new();

    [Fact]
    public void Without_it_there_is_no_such_ioctl()
    {
        using ServiceProvider services = new ServiceCollection().AddVfioType1().BuildServiceProvider();

        Assert.Empty(services.GetServices<IContainerCommand>());
    }

    [Fact]
    public void With_it_the_ioctl_watches_the_callers_memory_and_starts_each_device()
    {
        using ServiceProvider services = Patch();
        Type1World world = new(services);

        Assert.Equal(Errno.None, Enable(services, world));

        Assert.True(world.Container.IsIopfEnabled);
        Assert.True(world.Device.Iommu!.Driver.IsFeatureEnabled(world.Device, IommuFeature.Iopf));
        _watch.Verify(watch => watch.Watch(world.Container, world.Owner.Mm!), Times.Once);
        _service.Verify(service => service.Start(world.Device), Times.Once);
    }

    [Fact]
    public void It_must_not_be_enabled_twice_or_over_mappings()
    {
        using ServiceProvider services = Patch();
        Type1World fresh = new(services);
        Mapped mapped = Mapped.Pages(1, services);

        Assert.Equal(Errno.None, Enable(services, fresh));
        Assert.Equal(Errno.EBUSY, Enable(services, fresh));
        Assert.Equal(Errno.EBUSY, Enable(services, mapped));
        Assert.False(mapped.Container.IsIopfEnabled);
    }

    [Fact]
    public void What_it_started_stops_when_a_device_cannot_fault()
    {
        using ServiceProvider services = Patch();
        Type1World world = new(services);
        ((FakeIommuDriver)world.Device.Iommu!.Driver).EnableError = Errno.ENODEV;

        Assert.Equal(Errno.ENODEV, Enable(services, world));

        Assert.False(world.Container.IsIopfEnabled);
        _service.Verify(service => service.Stop(world.Device), Times.Once);
        _watch.Verify(watch => watch.Unwatch(world.Container, world.Owner.Mm!), Times.Once);
    }

    private static Errno Enable(IServiceProvider services, Type1World world) =>
        Assert.Single(services.GetServices<IContainerCommand>()).Execute(world.Container, world.Owner);

    private ServiceProvider Patch()
    {
        ServiceCollection services = new();
        services.AddEnableIopf().Replace(ServiceDescriptor.Singleton(_service.Object)).Replace(ServiceDescriptor.Singleton(_watch.Object));
        return services.BuildServiceProvider();
    }
}
