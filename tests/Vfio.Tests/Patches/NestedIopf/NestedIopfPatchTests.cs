using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Vfio.Patches.NestedIopf;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.Vfio.Tests.Patches.NestedIopf;

public sealed class NestedIopfPatchTests
{
    private readonly VfioWorld _world = new();

    [Fact]
    public void Without_the_patch_nothing_is_registered_and_no_fault_reaches_a_guest()
    {
        Device device = _world.OpenReadyGroup(1).Devices[0].Device;

        Assert.Equal(Errno.EOPNOTSUPP, new NoNestedRegistration().Register(device));
        Assert.Equal(Errno.EOPNOTSUPP, new NoNestedRegistration().Unregister(device));
        Assert.Equal(Errno.EOPNOTSUPP, new NoGuestDelivery().Deliver(device, default));
        Assert.Empty(_world.State.NestedDevices);
    }

    [Fact]
    public void Baseline_answers_with_the_baseline()
    {
        IServiceCollection services = new ServiceCollection().AddVfio();

        Assert.Equal(typeof(NoNestedRegistration), AnswerOf<INestedFaultRegistration>(services));
        Assert.Equal(typeof(NoGuestDelivery), AnswerOf<IGuestFaultDelivery>(services));
        Assert.Contains(services, service => service.ServiceType == typeof(VfioCore));
        Assert.Contains(services, service => service.ServiceType == typeof(VendorDriverApi));
    }

    [Fact]
    public void Patch_stands_whether_it_is_added_before_or_after_the_baseline_and_however_often()
    {
        IServiceCollection[] orders =
        [
            new ServiceCollection().AddVfio().AddNestedIopfCore(),
            new ServiceCollection().AddNestedIopfCore().AddVfio(),
            new ServiceCollection().AddNestedIopfCore().AddVfio().AddNestedIopfCore(),
        ];

        foreach (IServiceCollection services in orders)
        {
            Assert.Equal(typeof(NestedRegistration), AnswerOf<INestedFaultRegistration>(services));
            Assert.Equal(typeof(TransferToBusDriver), AnswerOf<IGuestFaultDelivery>(services));
        }
    }

    private static Type? AnswerOf<T>(IServiceCollection services) =>
        Assert.Single(services, service => service.ServiceType == typeof(T)).ImplementationType;
}
