using Iopf.Kernel;

namespace Iopf.Iommu.Tests.FaultReporting;

/// <summary>What a report does: baseline.md 7.1.</summary>
public sealed class FaultReportTests
{
    private readonly FaultBench _bench = new();

    [Fact, Trait("Fact", "T008")]
    public void A_report_without_a_handler_is_EINVAL_and_queues_nothing()
    {
        Assert.Equal(Errno.EINVAL, _bench.Reporter.Report(_bench.Device, FaultBench.Request(1)));
        Assert.Equal(0, _bench.Pending);
    }

    [Fact, Trait("Fact", "T009")]
    public void A_report_to_a_handler_that_is_NULL_is_EINVAL()
    {
        Assert.Equal(Errno.None, _bench.Handlers.Register(_bench.Device, null, FaultReportCapabilities.Flat));

        Assert.Equal(Errno.EINVAL, _bench.Reporter.Report(_bench.Device, FaultBench.Request(1)));
    }

    [Fact, Trait("Fact", "T011")]
    public void A_page_request_is_pending_before_its_handler_runs_and_stays_so()
    {
        int seen = -1;
        _bench.Register(_ =>
        {
            seen = _bench.Pending;
            return Errno.None;
        });

        _bench.Report(FaultBench.Request(1));

        Assert.Equal((1, 1), (seen, _bench.Pending));
    }

    [Fact, Trait("Fact", "T012")]
    public void A_page_request_that_its_handler_refuses_is_not_pending()
    {
        _bench.Register(_ => Errno.EINVAL);

        Assert.Equal(Errno.EINVAL, _bench.Reporter.Report(_bench.Device, FaultBench.Request(1)));
        Assert.Equal(0, _bench.Pending);
    }

    [Fact, Trait("Fact", "T013")]
    public void A_page_request_that_is_not_the_last_of_its_group_is_handled_and_not_pending()
    {
        int calls = 0;
        _bench.Register(_ => Count(ref calls));

        _bench.Report(FaultBench.Request(1, isLast: false));

        Assert.Equal((1, 0), (calls, _bench.Pending));
    }

    [Fact, Trait("Fact", "T014")]
    public void An_unrecoverable_fault_is_handled_and_not_pending_and_the_handlers_answer_is_returned()
    {
        _bench.Register(_ => Errno.EIO);
        IommuFault fault = IommuFault.Unrecoverable(FaultStage.Stage1, FaultReason.Permission, new Iova(0x1000), FaultPermissions.Write);

        Assert.Equal(Errno.EIO, _bench.Reporter.Report(_bench.Device, fault));
        Assert.Equal(0, _bench.Pending);
    }

    [Fact, Trait("Fact", "T015")]
    public void A_handler_may_answer_from_inside_the_report()
    {
        _bench.Register(fault => _bench.Responder.Respond(_bench.Device, FaultBench.Answer(fault.GroupId)));

        _bench.Report(FaultBench.Request(7));

        Assert.Equal(0, _bench.Pending);
        Assert.Equal(7u, Assert.Single(_bench.Domain.Responses).GroupId);
    }

    [Fact, Trait("Fact", "T016")]
    public void A_handler_that_unregisters_from_inside_the_report_locks_itself_out()
    {
        _bench.Register(_ => _bench.Handlers.Unregister(_bench.Device));

        LockMisuseException misuse = Assert.Throws<LockMisuseException>(() => _bench.Reporter.Report(_bench.Device, FaultBench.Request(1)));

        Assert.Contains("param.lock (nic0)", misuse.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_for_a_device_without_IOMMU_is_EINVAL() =>
        Assert.Equal(Errno.EINVAL, _bench.Reporter.Report(_bench.Unprobed, FaultBench.Request(1)));

    [Fact]
    public void A_refused_request_is_withdrawn_and_older_ones_of_other_groups_stay_pending()
    {
        bool refuses = false;
        _bench.Register(_ => refuses ? Errno.EINVAL : Errno.None);
        _bench.Report(FaultBench.Request(1), FaultBench.Request(2));
        refuses = true;

        Assert.Equal(Errno.EINVAL, _bench.Reporter.Report(_bench.Device, FaultBench.Request(3)));

        Assert.Equal(2, _bench.Pending);
        Assert.Equal(Errno.None, _bench.Responder.Respond(_bench.Device, FaultBench.Answer(1)));
        Assert.Equal(Errno.None, _bench.Responder.Respond(_bench.Device, FaultBench.Answer(2)));
        Assert.Equal(Errno.EINVAL, _bench.Responder.Respond(_bench.Device, FaultBench.Answer(3)));
    }

    [Fact]
    public void A_request_that_was_overtaken_by_a_younger_one_is_found_when_its_handler_refuses_it()
    {
        _bench.Register(fault =>
        {
            if (fault.GroupId != 1)
            {
                return Errno.None;
            }

            using (_bench.Device.Iommu!.Pending.Lock.Hold())
            {
                _bench.Device.Iommu.Pending.Append(FaultBench.Request(2));
            }

            return Errno.EIO;
        });

        Assert.Equal(Errno.EIO, _bench.Reporter.Report(_bench.Device, FaultBench.Request(1)));

        Assert.Equal(2u, _bench.Device.Iommu!.Pending[0].GroupId);
        Assert.Equal(1, _bench.Pending);
    }

    [Fact]
    public void A_handler_that_answers_a_request_and_then_refuses_it_breaks_a_promise()
    {
        _bench.Register(fault =>
        {
            _bench.Responder.Respond(_bench.Device, FaultBench.Answer(fault.GroupId));
            return Errno.EINVAL;
        });

        Assert.Throws<InvariantViolationException>(() => _bench.Reporter.Report(_bench.Device, FaultBench.Request(1)));
    }

    [Fact]
    public void A_hundred_requests_may_be_pending_and_are_answered_one_by_one()
    {
        _bench.Register();
        for (uint group = 0; group < 100; group++)
        {
            _bench.Report(FaultBench.Request(group));
        }

        Assert.Equal(100, _bench.Pending);
        for (uint group = 0; group < 100; group++)
        {
            Assert.Equal(Errno.None, _bench.Responder.Respond(_bench.Device, FaultBench.Answer(group)));
        }

        Assert.Equal(0, _bench.Pending);
    }

    private static Errno Count(ref int calls)
    {
        calls++;
        return Errno.None;
    }
}
