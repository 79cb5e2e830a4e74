using Iopf.Iommu.Tests.FaultReporting;
using Iopf.Kernel;
using Iopf.Mm;
using Iopf.Testing;

namespace Iopf.Iommu.Tests.IopfQueues;

/// <summary>Which page requests make up a group, and the one answer it gets: baseline.md 1.7.</summary>
public sealed class FaultGroupTests
{
    private readonly FaultBench _bench = new();
    private readonly RecordingGroups _groups = new();
    private readonly IopfQueue _queue;
    private readonly PhysicalMemory _memory;

    public FaultGroupTests()
    {
        _memory = new PhysicalMemory(_bench.Kernel);
        _queue = new IopfQueue(_bench.Kernel, "queue", _groups);
        _queue.Add(_bench.Device);
        _bench.Register(fault => _queue.Queue(_bench.Device, fault));
    }

    [Fact]
    public void A_request_that_is_not_the_last_of_its_group_is_kept_and_starts_no_work()
    {
        _bench.Report(Partial(1, 0x1000), Partial(2, 0x2000));
        _bench.Kernel.Scheduler.RunReady();

        Assert.Equal(2, _queue.PartialCount);
        Assert.Empty(_groups.Handled);
        Assert.Equal(0, _bench.Pending);
    }

    [Fact]
    public void A_group_is_served_in_the_order_its_requests_came_the_last_one_last()
    {
        _bench.Report(Partial(1, 0x1000), Partial(2, 0x7000), Partial(1, 0x2000), Partial(1, 0x3000), Last(1, 0x4000));
        _bench.Kernel.Scheduler.RunReady();

        Assert.Equal([0x1000, 0x2000, 0x3000, 0x4000], AddressesOf(Assert.Single(_groups.Handled).Faults));
        Assert.Equal(1, _queue.PartialCount);
    }

    [Fact]
    public void A_last_request_without_partial_ones_is_a_group_of_one()
    {
        _bench.Report(Last(1, 0x1000));
        _bench.Kernel.Scheduler.RunReady();

        Assert.Equal([0x1000], AddressesOf(Assert.Single(_groups.Handled).Faults));
    }

    [Fact]
    public void A_group_id_may_be_used_again_as_soon_as_its_last_request_is_queued()
    {
        _bench.Report(Partial(1, 0x1000), Last(1, 0x2000), Partial(1, 0x3000), Last(1, 0x4000));
        _bench.Kernel.Scheduler.RunReady();

        Assert.Equal([[0x1000, 0x2000], [0x3000, 0x4000]], _groups.Handled.Select(group => AddressesOf(group.Faults)));
    }

    [Fact]
    public void Devices_in_one_queue_have_groups_of_their_own_even_under_one_id()
    {
        Device other = OtherDevice();
        _bench.Report(Partial(1, 0x1000));
        Assert.Equal(Errno.None, _bench.Reporter.Report(other, Partial(1, 0x8000)));

        _bench.Report(Last(1, 0x2000));
        _bench.Kernel.Scheduler.RunReady();

        (Device Device, IommuFault[] Faults) group = Assert.Single(_groups.Handled);
        Assert.Same(_bench.Device, group.Device);
        Assert.Equal([0x1000, 0x2000], AddressesOf(group.Faults));
        Assert.Equal(1, _queue.PartialCount);
    }

    [Fact]
    public void A_device_that_leaves_drops_its_own_partial_requests_and_keeps_those_of_its_neighbours()
    {
        Device other = OtherDevice();
        _bench.Report(Partial(1, 0x1000), Partial(2, 0x2000));
        _bench.Reporter.Report(other, Partial(1, 0x8000));

        Assert.Equal(Errno.None, _queue.Remove(_bench.Device));

        Assert.Equal(1, _queue.PartialCount);
        Assert.Equal(Errno.None, _bench.Reporter.Report(other, Last(1, 0x9000)));
        _bench.Kernel.Scheduler.RunReady();
        Assert.Equal([0x8000, 0x9000], AddressesOf(Assert.Single(_groups.Handled).Faults));
    }

    [Fact]
    public void Discarding_drops_the_partial_requests_of_every_device_and_leaves_queued_groups_alone()
    {
        Device other = OtherDevice();
        _bench.Report(Partial(1, 0x1000), Last(1, 0x2000), Partial(2, 0x3000));
        _bench.Reporter.Report(other, Partial(1, 0x8000));

        Assert.Equal(Errno.None, IopfQueue.DiscardPartial(_queue));

        Assert.Equal(0, _queue.PartialCount);
        _bench.Kernel.Scheduler.RunReady();
        Assert.Equal([0x1000, 0x2000], AddressesOf(Assert.Single(_groups.Handled).Faults));
    }

    [Fact]
    public void A_device_that_left_may_join_another_queue_and_is_served_there()
    {
        RecordingGroups elsewhere = new();
        IopfQueue second = new(_bench.Kernel, "second", elsewhere);

        Assert.Equal(Errno.None, _queue.Remove(_bench.Device));
        Assert.Equal(Errno.EINVAL, _queue.Remove(_bench.Device));
        Assert.Equal(Errno.None, second.Add(_bench.Device));

        _bench.Handlers.Unregister(_bench.Device);
        _bench.Register(fault => second.Queue(_bench.Device, fault));
        _bench.Report(Last(1, 0x1000));
        _bench.Kernel.Scheduler.RunReady();
        Assert.Single(elsewhere.Handled);
        Assert.Empty(_groups.Handled);
    }

    [Fact]
    public void Flushing_one_device_serves_the_groups_of_all_devices_and_no_partial_request()
    {
        Device other = OtherDevice();
        _bench.Report(Partial(2, 0x3000), Last(1, 0x1000));
        _bench.Reporter.Report(other, Last(1, 0x8000));

        Assert.Equal(Errno.None, _queue.Flush(_bench.Device));

        Assert.Equal(2, _groups.Handled.Count);
        Assert.Equal(1, _queue.PartialCount);
    }

    [Fact]
    public void Flushing_holds_the_devices_lock_so_that_no_report_comes_in_between()
    {
        bool wasFree = true;
        _groups.OnHandle = () => wasFree = _bench.Device.Iommu!.Lock.TryLock();
        _bench.Report(Last(1, 0x1000));

        _queue.Flush(_bench.Device);

        Assert.False(wasFree);
        Assert.False(_bench.Device.Iommu!.Lock.IsHeld);
    }

    [Fact]
    public void An_unrecoverable_fault_is_EOPNOTSUPP_whether_or_not_the_device_is_in_the_queue()
    {
        _queue.Remove(_bench.Device);
        IommuFault fault = IommuFault.Unrecoverable(FaultStage.Stage1, FaultReason.Permission, new Iova(0x1000), FaultPermissions.Write);

        Assert.Equal(Errno.EOPNOTSUPP, _bench.Reporter.Report(_bench.Device, fault));
    }

    [Fact]
    public void A_group_is_answered_once_with_the_id_and_the_PASID_of_its_last_request()
    {
        AddressSpace mm = ServeWithSva(pasid: 5);
        mm.Mmap(UserRange.OfPages(new UserAddress(0x8000), 3), MemoryAccess.Read);

        _bench.Report(
            Partial(1, 0x8000) with { Pasid = 5 },
            Partial(1, 0x9000) with { Pasid = 5 },
            Last(1, 0xa000) with { Pasid = 5, ResponseNeedsPasid = true });
        _bench.Kernel.Scheduler.RunReady();

        Assert.Equal(new PageResponse(1, 5, PageResponseCode.Success), Assert.Single(_bench.Domain.Responses));
        Assert.True(mm.IsResident(new UserAddress(0x8000)) && mm.IsResident(new UserAddress(0x9000)) && mm.IsResident(new UserAddress(0xa000)));
        Assert.Equal(0, _bench.Pending);
    }

    [Fact]
    public void The_answer_names_no_PASID_unless_the_last_request_wants_it_named()
    {
        ServeWithSva(pasid: 5).Mmap(UserRange.OfPages(new UserAddress(0x8000), 1), MemoryAccess.Read);

        _bench.Report(Last(1, 0x8000) with { Pasid = 5 });
        _bench.Kernel.Scheduler.RunReady();

        Assert.Equal(new PageResponse(1, null, PageResponseCode.Success), Assert.Single(_bench.Domain.Responses));
    }

    [Fact]
    public void A_failure_in_the_middle_of_a_group_keeps_what_came_before_it_and_skips_what_comes_after()
    {
        AddressSpace mm = ServeWithSva(pasid: 5);
        mm.Mmap(UserRange.OfPages(new UserAddress(0x8000), 1), MemoryAccess.Read);
        mm.Mmap(UserRange.OfPages(new UserAddress(0xa000), 1), MemoryAccess.Read);

        _bench.Report(Partial(1, 0x8000) with { Pasid = 5 }, Partial(1, 0x9000) with { Pasid = 5 }, Last(1, 0xa000) with { Pasid = 5 });
        _bench.Kernel.Scheduler.RunReady();

        Assert.True(mm.IsResident(new UserAddress(0x8000)));
        Assert.False(mm.IsResident(new UserAddress(0xa000)));
        Assert.Equal(PageResponseCode.Invalid, Assert.Single(_bench.Domain.Responses).Code);
    }

    [Theory]
    [InlineData(6u, 0x8000, FaultPermissions.Read, PageResponseCode.Invalid)]
    [InlineData(5u, 0x7000, FaultPermissions.Read, PageResponseCode.Invalid)]
    [InlineData(5u, 0x8000, FaultPermissions.Read | FaultPermissions.Write, PageResponseCode.Invalid)]
    [InlineData(5u, 0x8000, FaultPermissions.Read | FaultPermissions.Privileged, PageResponseCode.Success)]
    [InlineData(5u, 0x8fff, FaultPermissions.Read, PageResponseCode.Success)]
    public void A_PASID_without_process_an_address_without_area_and_a_missing_right_are_INVALID(
        uint pasid, ulong address, FaultPermissions permissions, PageResponseCode expected)
    {
        ServeWithSva(pasid: 5).Mmap(UserRange.OfPages(new UserAddress(0x8000), 1), MemoryAccess.Read);

        _bench.Report(Last(1, address) with { Pasid = pasid, Permissions = permissions });
        _bench.Kernel.Scheduler.RunReady();

        Assert.Equal(expected, Assert.Single(_bench.Domain.Responses).Code);
    }

    [Fact]
    public void Memory_that_runs_out_is_INVALID_never_FAILURE()
    {
        AddressSpace mm = ServeWithSva(pasid: 5);
        mm.Mmap(UserRange.OfPages(new UserAddress(0x8000), 1), MemoryAccess.Read | MemoryAccess.Write);
        _memory.FrameLimit = _memory.AllocatedFrames;

        _bench.Report(Last(1, 0x8000) with { Pasid = 5, Permissions = FaultPermissions.Write });
        _bench.Kernel.Scheduler.RunReady();

        Assert.Equal(PageResponseCode.Invalid, Assert.Single(_bench.Domain.Responses).Code);
    }

    private static IommuFault Partial(uint group, ulong address) => FaultBench.Request(group, isLast: false) with { Address = new Iova(address) };

    private static IommuFault Last(uint group, ulong address) => FaultBench.Request(group) with { Address = new Iova(address) };

    private static ulong[] AddressesOf(IommuFault[] faults) => [.. faults.Select(fault => fault.Address.Value)];

    /// <summary>A second device in the queue, with the queue as its handler.</summary>
    private Device OtherDevice()
    {
        Device other = FakeDevices.Behind(_bench.Kernel, new FakeIommuDomain(_bench.Kernel), "nic1");
        _queue.Add(other);
        _bench.Handlers.Register(other, new Forward(_queue), FaultReportCapabilities.Flat);
        return other;
    }

    /// <summary>Moves the device into a queue with the SVA handler behind it.</summary>
    private AddressSpace ServeWithSva(uint pasid)
    {
        AddressSpace mm = new(_bench.Kernel, _memory, "user");
        IopfQueue queue = new(_bench.Kernel, "sva", new SvaFaultHandler(_bench.Kernel, new OneBond(pasid, mm), _bench.Responder));
        _queue.Remove(_bench.Device);
        queue.Add(_bench.Device);
        _bench.Handlers.Unregister(_bench.Device);
        _bench.Handlers.Register(_bench.Device, new Forward(queue), FaultReportCapabilities.Flat);
        return mm;
    }

    private sealed class Forward(IopfQueue queue) : IDeviceFaultHandler
    {
        public Errno Handle(Device device, IommuFault fault) => queue.Queue(device, in fault);
    }

    private sealed class RecordingGroups : IFaultGroupHandler
    {
        public List<(Device Device, IommuFault[] Faults)> Handled { get; } = [];

        public Action OnHandle { get; set; } = () => { };

        public void Handle(Device device, ReadOnlyMemory<IommuFault> group)
        {
            OnHandle();
            Handled.Add((device, group.ToArray()));
        }
    }

    private sealed class OneBond(uint pasid, AddressSpace mm) : ISvaBonds
    {
        public AddressSpace? Find(Device device, uint asked) => asked == pasid ? mm : null;
    }
}
