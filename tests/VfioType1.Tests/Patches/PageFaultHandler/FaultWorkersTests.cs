using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Testing;
using Iopf.VfioType1.Patches.PageFaultHandler;
using Iopf.VfioType1.Tests.FaultHandling;

namespace Iopf.VfioType1.Tests.Patches.PageFaultHandler;

public sealed class FaultWorkersTests : IDeviceFaultHandler
{
    private readonly FaultWorld _world = new();
    private readonly FakePageSource _pages;
    private readonly FaultWorkers _workers;
    private int _handlersCreated;

    public FaultWorkersTests()
    {
        _pages = new FakePageSource(_world.Container);
        _workers = new FaultWorkers(_world.Kernel, _world.Directory, () =>
        {
            _handlersCreated++;
            return FaultHandlers.Create(_world, _pages);
        });
        _world.AddMapping(0, 4);
        _world.Register(this);
    }

    [Fact]
    public void A_request_is_taken_over_at_once_and_served_by_the_worker()
    {
        _workers.Start(_world.Device);

        Assert.Equal(Errno.None, _world.Report(FaultWorld.Request(1)));
        Assert.Empty(_pages.Asked);

        _world.Kernel.Scheduler.RunReady();
        Assert.Equal(PageResponseCode.Success, _world.Answer);
    }

    [Fact]
    public void A_fault_whose_transaction_is_gone_is_refused()
    {
        _workers.Start(_world.Device);

        Assert.Equal(
            Errno.EOPNOTSUPP,
            _world.Report(IommuFault.Unrecoverable(FaultStage.Stage1, FaultReason.Unknown, FaultWorld.IovaAt(1), FaultPermissions.Read)));
    }

    [Fact]
    public void A_device_that_was_not_started_is_refused()
    {
        Assert.Equal(Errno.ENODEV, _world.Report(FaultWorld.Request(1)));
        Assert.Equal(0, _world.Device.Iommu!.PendingFaultCount);
    }

    [Fact]
    public void A_device_whose_group_is_in_no_container_is_refused()
    {
        _workers.Start(_world.Device);
        _world.Directory.Unlink(_world.Group);

        Assert.Equal(Errno.ENODEV, _world.Report(FaultWorld.Request(1)));
    }

    [Fact]
    public void The_type_is_judged_before_the_container_is_looked_for()
    {
        _world.Directory.Unlink(_world.Group);

        Assert.Equal(
            Errno.EOPNOTSUPP,
            _world.Report(IommuFault.Unrecoverable(FaultStage.Stage1, FaultReason.Unknown, FaultWorld.IovaAt(1), FaultPermissions.Read)));
    }

    [Fact]
    public void Requests_wait_for_the_last_one_of_their_group_and_get_one_answer()
    {
        _workers.Start(_world.Device);

        _world.Report(FaultWorld.Request(1, groupId: 5) with { IsLastOfGroup = false });
        _world.Kernel.Scheduler.RunReady();
        Assert.Empty(_pages.Asked);

        _world.Report(FaultWorld.Request(3, groupId: 5));
        _world.Kernel.Scheduler.RunReady();
        Assert.Equal([1UL, 3UL], FaultWorld.PagesIn(_world.Domain));
        Assert.Equal(new PageResponse(5, null, PageResponseCode.Success), Assert.Single(_world.Domain.Responses));
    }

    [Fact]
    public void The_last_request_of_one_group_does_not_complete_another()
    {
        _workers.Start(_world.Device);

        _world.Report(FaultWorld.Request(1, groupId: 5) with { IsLastOfGroup = false });
        _world.Report(FaultWorld.Request(3, groupId: 6));
        _world.Kernel.Scheduler.RunReady();

        Assert.Equal([3UL], FaultWorld.PagesIn(_world.Domain));
        Assert.Equal(6U, Assert.Single(_world.Domain.Responses).GroupId);
    }

    [Fact]
    public void Stopping_a_device_answers_what_was_taken_over_and_refuses_what_comes_later()
    {
        _workers.Start(_world.Device);
        _world.Report(FaultWorld.Request(1));

        _workers.Stop(_world.Device);

        Assert.Equal(PageResponseCode.Success, _world.Answer);
        Assert.Equal(Errno.ENODEV, _world.Report(FaultWorld.Request(2)));
    }

    [Fact]
    public void A_device_that_was_stopped_can_be_started_again()
    {
        Assert.Equal(Errno.None, _workers.Start(_world.Device));
        Assert.Equal(Errno.EBUSY, _workers.Start(_world.Device));
        _workers.Stop(_world.Device);

        Assert.Equal(Errno.None, _workers.Start(_world.Device));
    }

    [Fact]
    public void A_device_without_IOMMU_is_not_started_and_stopping_it_does_no_harm()
    {
        Device bare = new(_world.Kernel, "bare", new Bus("pci"));

        Assert.Equal(Errno.ENODEV, _workers.Start(bare));
        _workers.Stop(bare);
    }

    [Fact]
    public void Each_device_has_a_handler_of_its_own()
    {
        _workers.Start(_world.Device);
        _workers.Start(FakeDevices.Behind(_world.Kernel, new FakeIommuDomain(_world.Kernel), "nic1"));

        Assert.Equal(2, _handlersCreated);
    }

    Errno IDeviceFaultHandler.Handle(Device device, IommuFault fault) => _workers.Handle(device, fault);
}
