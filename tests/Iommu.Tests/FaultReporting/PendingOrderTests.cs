using Iopf.Kernel;
using Moq;

namespace Iopf.Iommu.Tests.FaultReporting;

/// <summary>Which locks a report and an answer hold, and which pending request an answer takes: baseline.md 1.4 and 1.5.</summary>
public sealed class PendingOrderTests
{
    private readonly FaultBench _bench = new();

    [Fact]
    public void A_handler_runs_with_the_lock_of_the_device_held_and_that_of_the_pending_requests_free()
    {
        (bool Device, bool Pending) held = default;
        _bench.Register(_ =>
        {
            held = (_bench.Device.Iommu!.Lock.IsHeld, _bench.Device.Iommu.Pending.Lock.IsHeld);
            return Errno.None;
        });

        _bench.Report(FaultBench.Request(1));

        Assert.Equal((true, false), held);
        Assert.False(_bench.Device.Iommu!.Lock.IsHeld);
    }

    [Fact]
    public void A_refused_report_leaves_no_lock_held()
    {
        _bench.Register(_ => Errno.EIO);

        Assert.Equal(Errno.EIO, _bench.Reporter.Report(_bench.Device, FaultBench.Request(1)));

        Assert.False(_bench.Device.Iommu!.Lock.IsHeld || _bench.Device.Iommu.Pending.Lock.IsHeld);
    }

    [Fact]
    public void The_answer_of_a_handler_to_a_partial_request_is_returned_and_nothing_is_pending()
    {
        _bench.Register(_ => Errno.ENOMEM);

        Assert.Equal(Errno.ENOMEM, _bench.Reporter.Report(_bench.Device, FaultBench.Request(1, isLast: false)));
        Assert.Equal(0, _bench.Pending);
    }

    [Fact]
    public void The_driver_answers_with_the_pending_requests_locked_and_the_device_not()
    {
        Mock<IommuDomain> domain = new(_bench.Kernel, DomainType.Unmanaged);
        (bool Device, bool Pending) held = default;
        domain.SetupGet(d => d.CanRespond).Returns(true);
        domain.Setup(d => d.RespondToPage(_bench.Device, It.Ref<PageResponse>.IsAny)).Callback(
            () => held = (_bench.Device.Iommu!.Lock.IsHeld, _bench.Device.Iommu.Pending.Lock.IsHeld));
        MoveTo(domain.Object);
        _bench.Register();
        _bench.Report(FaultBench.Request(1));

        _bench.Responder.Respond(_bench.Device, FaultBench.Answer(1));

        Assert.Equal((false, true), held);
    }

    [Fact]
    public void A_request_is_no_longer_pending_whatever_the_driver_says_to_its_answer()
    {
        Mock<IommuDomain> domain = new(_bench.Kernel, DomainType.Unmanaged);
        domain.SetupGet(d => d.CanRespond).Returns(true);
        domain.Setup(d => d.RespondToPage(_bench.Device, It.Ref<PageResponse>.IsAny)).Returns(Errno.ENODEV);
        MoveTo(domain.Object);
        _bench.Register();
        _bench.Report(FaultBench.Request(1));

        Assert.Equal(Errno.ENODEV, _bench.Responder.Respond(_bench.Device, FaultBench.Answer(1)));

        Assert.Equal(0, _bench.Pending);
        Assert.Equal(0, _bench.Kernel.Tally.ResponsesSuccess);
    }

    [Fact]
    public void A_domain_whose_driver_cannot_answer_is_ENODEV_and_the_request_stays()
    {
        Mock<IommuDomain> domain = new(_bench.Kernel, DomainType.Unmanaged);
        MoveTo(domain.Object);
        _bench.Register();
        _bench.Report(FaultBench.Request(1));

        Assert.Equal(Errno.ENODEV, _bench.Responder.Respond(_bench.Device, FaultBench.Answer(1)));
        Assert.Equal(1, _bench.Pending);
    }

    [Fact]
    public void An_unknown_code_is_the_drivers_affair()
    {
        _bench.Register();
        _bench.Report(FaultBench.Request(1));

        Assert.Equal(Errno.None, _bench.Responder.Respond(_bench.Device, new PageResponse(1, null, (PageResponseCode)7)));
        Assert.Equal((PageResponseCode)7, Assert.Single(_bench.Domain.Responses).Code);
    }

    [Fact]
    public void An_answer_passes_over_older_requests_whose_PASID_it_does_not_name()
    {
        _bench.Register();
        _bench.Report(
            FaultBench.Request(3, pasid: 7, needsPasid: true),
            FaultBench.Request(3, pasid: 8, needsPasid: true),
            FaultBench.Request(3, pasid: 9));

        Assert.Equal(Errno.None, _bench.Responder.Respond(_bench.Device, FaultBench.Answer(3, pasid: 8)));
        Assert.Equal(Errno.None, _bench.Responder.Respond(_bench.Device, FaultBench.Answer(3)));

        Assert.Equal([8u, null], _bench.Domain.Responses.Select(response => response.Pasid));
        Assert.Equal(7u, _bench.Device.Iommu!.Pending[0].Pasid);
        Assert.Equal(1, _bench.Pending);
    }

    [Fact]
    public void A_request_without_PASID_that_wants_it_named_is_answered_only_by_a_PASID_of_0()
    {
        _bench.Register();
        _bench.Report(FaultBench.Request(3, needsPasid: true));

        Assert.Equal(Errno.EINVAL, _bench.Responder.Respond(_bench.Device, FaultBench.Answer(3)));
        Assert.Equal(1, _bench.Pending);

        Assert.Equal(Errno.None, _bench.Responder.Respond(_bench.Device, FaultBench.Answer(3, pasid: 0)));
    }

    [Fact]
    public void Completing_what_is_pending_finds_even_a_request_without_the_PASID_it_wants_named()
    {
        _bench.Register();
        _bench.Report(FaultBench.Request(3, needsPasid: true));

        _bench.Handlers.CompletePending(_bench.Device);

        Assert.Equal(0, _bench.Pending);
    }

    [Fact]
    public void Completing_what_nobody_can_answer_any_more_is_reported_and_does_not_go_on_for_ever()
    {
        _bench.Register();
        _bench.Report(FaultBench.Request(3));
        _bench.Device.Group!.Detach(_bench.Domain);

        Assert.Throws<InvariantViolationException>(() => _bench.Handlers.CompletePending(_bench.Device));
    }

    [Fact]
    public void An_unregistered_handler_is_gone_once_its_requests_are_answered()
    {
        int references = _bench.Device.ReferenceCount;
        _bench.Register();
        _bench.Report(FaultBench.Request(1), FaultBench.Request(2));

        _bench.Responder.Respond(_bench.Device, FaultBench.Answer(1));
        Assert.Equal(Errno.EBUSY, _bench.Handlers.Unregister(_bench.Device));
        _bench.Responder.Respond(_bench.Device, FaultBench.Answer(2));

        Assert.Equal(Errno.None, _bench.Handlers.Unregister(_bench.Device));
        Assert.Equal(Errno.None, _bench.Handlers.Unregister(_bench.Device));
        Assert.Equal(references, _bench.Device.ReferenceCount);
        Assert.Equal(Errno.EINVAL, _bench.Reporter.Report(_bench.Device, FaultBench.Request(3)));
    }

    [Fact]
    public void A_handler_that_is_refused_takes_no_reference()
    {
        _bench.Register();
        int references = _bench.Device.ReferenceCount;

        Assert.Equal(Errno.EBUSY, _bench.Register());

        Assert.Equal(references, _bench.Device.ReferenceCount);
    }

    [Fact]
    public void Without_patch_1_a_handler_cannot_change_what_it_wants_EOPNOTSUPP_and_without_a_handler_it_is_EINVAL()
    {
        Assert.Equal(Errno.EINVAL, _bench.Handlers.Update(_bench.Device, FaultReportCapabilities.None, FaultReportCapabilities.Flat));
        _bench.Register();

        Assert.Equal(Errno.EOPNOTSUPP, _bench.Handlers.Update(_bench.Device, FaultReportCapabilities.None, FaultReportCapabilities.Flat));
    }

    private void MoveTo(IommuDomain domain)
    {
        _bench.Device.Group!.Detach(_bench.Domain);
        Assert.Equal(Errno.None, _bench.Device.Group.Attach(domain));
    }
}
