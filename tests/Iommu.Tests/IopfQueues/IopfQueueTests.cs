using Iopf.Iommu.Tests.FaultReporting;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.Iommu.Tests.IopfQueues;

/// <summary>The queue of page requests and the SVA handler behind it: baseline.md 7.1.</summary>
public sealed class IopfQueueTests
{
    private readonly FaultBench _bench = new();
    private readonly RecordingGroups _groups = new();
    private readonly IopfQueue _queue;

    public IopfQueueTests()
    {
        _queue = new IopfQueue(_bench.Kernel, "queue", _groups);
        _bench.Register(fault => _queue.Queue(_bench.Device, fault));
    }

    [Fact, Trait("Fact", "T031")]
    public void Discarding_the_partial_groups_of_no_queue_is_EINVAL() => Assert.Equal(Errno.EINVAL, IopfQueue.DiscardPartial(null));

    [Fact, Trait("Fact", "T032")]
    public void A_device_is_in_one_queue_only()
    {
        Assert.Equal(Errno.None, _queue.Add(_bench.Device));

        Assert.Equal(Errno.EBUSY, new IopfQueue(_bench.Kernel, "other", _groups).Add(_bench.Device));
    }

    [Fact, Trait("Fact", "T033")]
    public void Flushing_a_device_that_is_in_no_queue_is_ENODEV() => Assert.Equal(Errno.ENODEV, _queue.Flush(_bench.Device));

    [Fact, Trait("Fact", "T034")]
    public void The_last_request_of_a_group_takes_its_partial_ones_along_and_leaves_those_of_others()
    {
        _queue.Add(_bench.Device);

        _bench.Report(Partial(1), Partial(1), Partial(2), FaultBench.Request(1));
        _bench.Kernel.Scheduler.RunReady();

        Assert.Equal([1, 1, 1], Assert.Single(_groups.Handled).Select(fault => fault.GroupId));
        Assert.Equal(1, _queue.PartialCount);
    }

    [Fact]
    public void Discarded_partial_requests_are_not_served_with_their_group()
    {
        _queue.Add(_bench.Device);
        _bench.Report(Partial(1), Partial(1));

        Assert.Equal(Errno.None, IopfQueue.DiscardPartial(_queue));
        _bench.Report(FaultBench.Request(1));
        _bench.Kernel.Scheduler.RunReady();

        Assert.Single(Assert.Single(_groups.Handled));
    }

    [Fact, Trait("Fact", "T035")]
    public void The_first_failure_ends_a_group_with_one_INVALID_answer()
    {
        (IopfQueue queue, AddressSpace mm) = SvaQueue(pasid: 5);
        mm.Mmap(UserRange.OfPages(new UserAddress(0x8000), 1), MemoryAccess.Read);

        // Partial requests stand in front: 0x6000 fails, and 0x8000 is not handled any more.
        _bench.Report(
            FaultBench.Request(1, pasid: 5, isLast: false) with { Address = new Iova(0x6000) },
            FaultBench.Request(1, pasid: 5) with { Address = new Iova(0x8000) });
        _bench.Kernel.Scheduler.RunReady();

        Assert.Equal(PageResponseCode.Invalid, Assert.Single(_bench.Domain.Responses).Code);
        Assert.False(mm.IsResident(new UserAddress(0x8000)));
        Assert.Equal(0, queue.PartialCount);
    }

    [Fact, Trait("Fact", "T036")]
    public void A_page_request_without_PASID_is_INVALID_for_the_SVA_handler()
    {
        SvaQueue(pasid: 5);

        _bench.Report(FaultBench.Request(1));
        _bench.Kernel.Scheduler.RunReady();

        Assert.Equal(PageResponseCode.Invalid, Assert.Single(_bench.Domain.Responses).Code);
    }

    [Fact, Trait("Fact", "T037")]
    public void An_unrecoverable_fault_cannot_be_queued()
    {
        _queue.Add(_bench.Device);
        IommuFault fault = IommuFault.Unrecoverable(FaultStage.Stage1, FaultReason.Permission, new Iova(0x1000), FaultPermissions.Write);

        Assert.Equal(Errno.EOPNOTSUPP, _bench.Reporter.Report(_bench.Device, fault));
    }

    [Fact]
    public void A_device_without_IOMMU_joins_no_queue_ENODEV_and_leaves_none_EINVAL()
    {
        Assert.Equal(Errno.ENODEV, _queue.Add(_bench.Unprobed));
        Assert.Equal(Errno.EINVAL, _queue.Remove(_bench.Unprobed));
        Assert.Equal(Errno.ENODEV, _queue.Flush(_bench.Unprobed));
    }

    [Fact]
    public void A_device_leaves_only_the_queue_it_is_in_and_its_partial_requests_are_dropped()
    {
        _queue.Add(_bench.Device);
        _bench.Report(Partial(1));

        Assert.Equal(Errno.EINVAL, new IopfQueue(_bench.Kernel, "other", _groups).Remove(_bench.Device));
        Assert.Equal(1, _queue.PartialCount);

        Assert.Equal(Errno.None, _queue.Remove(_bench.Device));
        Assert.Equal(0, _queue.PartialCount);
    }

    [Fact]
    public void A_page_request_of_a_device_that_is_in_no_queue_is_ENODEV()
    {
        Assert.Equal(Errno.ENODEV, _bench.Reporter.Report(_bench.Device, FaultBench.Request(1)));
        Assert.Equal(0, _bench.Pending);
    }

    [Fact]
    public void A_fault_that_is_queued_outside_a_report_breaks_a_promise()
    {
        _queue.Add(_bench.Device);

        Assert.Throws<InvariantViolationException>(() => _queue.Queue(_bench.Device, FaultBench.Request(1)));
        Assert.Throws<InvariantViolationException>(() => _queue.Queue(_bench.Unprobed, FaultBench.Request(1)));
    }

    [Fact]
    public void Flushing_waits_until_every_group_is_served()
    {
        _queue.Add(_bench.Device);
        _bench.Report(FaultBench.Request(1), FaultBench.Request(2));

        Assert.Equal(Errno.None, _queue.Flush(_bench.Device));

        Assert.Equal([1u, 2u], _groups.Handled.Select(group => group[0].GroupId));
    }

    [Theory]
    [InlineData(FaultPermissions.Read, PageResponseCode.Success)]
    [InlineData(FaultPermissions.Write, PageResponseCode.Invalid)]
    [InlineData(FaultPermissions.Execute, PageResponseCode.Invalid)]
    [InlineData(FaultPermissions.Read | FaultPermissions.Execute, PageResponseCode.Invalid)]
    public void A_page_that_may_only_be_read_answers_by_the_access_and_names_the_PASID(FaultPermissions access, PageResponseCode expected)
    {
        (_, AddressSpace mm) = SvaQueue(pasid: 5);
        mm.Mmap(UserRange.OfPages(new UserAddress(0x8000), 1), MemoryAccess.Read);

        _bench.Report(FaultBench.Request(1, pasid: 5, needsPasid: true) with { Address = new Iova(0x8000), Permissions = access });
        _bench.Kernel.Scheduler.RunReady();

        PageResponse answer = Assert.Single(_bench.Domain.Responses);
        Assert.Equal((5u, expected), (answer.Pasid, answer.Code));
    }

    private static IommuFault Partial(uint group) => FaultBench.Request(group, isLast: false);

    /// <summary>Puts the device into a queue with the SVA handler behind it.</summary>
    private (IopfQueue Queue, AddressSpace Mm) SvaQueue(uint pasid)
    {
        AddressSpace mm = new(_bench.Kernel, new PhysicalMemory(_bench.Kernel), "user");
        IopfQueue queue = new(_bench.Kernel, "sva", new SvaFaultHandler(_bench.Kernel, new OneBond(pasid, mm), _bench.Responder));
        _bench.Handlers.Unregister(_bench.Device);
        _bench.Register(fault => queue.Queue(_bench.Device, fault));
        queue.Add(_bench.Device);
        return (queue, mm);
    }

    private sealed class RecordingGroups : IFaultGroupHandler
    {
        public List<IommuFault[]> Handled { get; } = [];

        public void Handle(Device device, ReadOnlyMemory<IommuFault> group) => Handled.Add(group.ToArray());
    }

    private sealed class OneBond(uint pasid, AddressSpace mm) : ISvaBonds
    {
        public AddressSpace? Find(Device device, uint asked) => asked == pasid ? mm : null;
    }
}
