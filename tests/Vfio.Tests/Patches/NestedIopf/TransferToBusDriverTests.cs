using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Testing;
using Iopf.TestKit;
using Iopf.Vfio.Patches.NestedIopf;
using Moq;

namespace Iopf.Vfio.Tests.Patches.NestedIopf;

public sealed class TransferToBusDriverTests
{
    private static readonly IommuFault Fault = new(
        FaultType.PageRequest, FaultStage.Stage1, FaultReason.Unknown, new Iova(0x1234), FaultPermissions.Read, 3, null, true, false);

    private readonly VfioWorld _world = new();

    private TransferToBusDriver Delivery => new(_world.Kernel, () => _world.Core);

    [Fact]
    public void Fault_reaches_the_bus_driver_of_the_faulting_device()
    {
        FakeBusDriver driver = new();
        Device device = _world.OpenNewGroup(1, driver).Devices[0].Device;

        Errno errno = Delivery.Deliver(device, Fault);

        Assert.Equal(Errno.None, errno);
        Assert.Equal([Fault], driver.Faults);
    }

    [Fact]
    public void Bus_drivers_refusal_comes_back()
    {
        Mock<IVfioDeviceOps> driver = new(MockBehavior.Strict);
        driver.Setup(ops => ops.Transfer(It.IsAny<Device>(), It.IsAny<IommuFault>())).Returns(Errno.EOPNOTSUPP);
        Device device = _world.OpenNewGroup(1, driver.Object).Devices[0].Device;

        Assert.Equal(Errno.EOPNOTSUPP, Delivery.Deliver(device, Fault));
        driver.VerifyAll();
    }

    [Fact]
    public void Device_of_a_host_driver_in_the_same_group_is_not_mistaken_for_a_vfio_device()
    {
        VfioGroup group = _world.OpenNewGroup(1);
        Device neighbour = _world.NewDevice("neighbour", group.IommuGroup);
        neighbour.DriverData = group.Devices[0];

        Assert.Equal(Errno.EOPNOTSUPP, Delivery.Deliver(neighbour, Fault));
    }

    [Fact]
    public void Device_that_was_unregistered_is_gone()
    {
        FakeBusDriver driver = new();
        VfioGroup group = _world.OpenNewGroup(1, driver);
        Device device = group.Devices[0].Device;
        _world.Core.UnregisterDevice(group.Devices[0]);

        Assert.Equal(Errno.EOPNOTSUPP, Delivery.Deliver(device, Fault));
        Assert.Empty(driver.Faults);
    }

    [Fact]
    public void Device_cannot_go_away_while_a_fault_is_being_transferred()
    {
        FakeBusDriver driver = new();
        VfioGroup group = _world.OpenNewGroup(1, driver);
        VfioDevice device = group.Devices[0];
        driver.OnTransfer = () => Assert.Throws<DeadlockException>(() => _world.Core.UnregisterDevice(device));

        Assert.Equal(Errno.None, Delivery.Deliver(device.Device, Fault));
        Assert.Single(driver.Faults);
    }

    [Fact]
    public void Delivery_to_vfio_pci_allocates_nothing()
    {
        Device device = _world.NewDevice("dev-1", _world.NewIommuGroup(1));
        VfioPci pci = new(_world.Kernel, device, static (Device _, in PageResponse _) => Errno.None, faultsMax: 4);
        VfioDevice vfioDevice = pci.Probe(_world.Core).Value;
        vfioDevice.Ops.Open();
        TransferToBusDriver delivery = Delivery;
        RoundTrip(delivery, pci);

        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                RoundTrip(delivery, pci);
            }
        }));
    }

    private static void RoundTrip(TransferToBusDriver delivery, VfioPci pci)
    {
        delivery.Deliver(pci.Device, Fault);
        pci.TryTakeGuestFault(out IommuFault taken);
        pci.AnswerGuestFault(new PageResponse(taken.GroupId, null, PageResponseCode.Success));
    }
}
