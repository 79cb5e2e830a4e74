using Iopf.Kernel;
using Iopf.Testing;

namespace Iopf.Iommu.Tests.FaultReporting;

/// <summary>What an answer does: baseline.md 7.1.</summary>
public sealed class PageResponseTests
{
    private readonly FaultBench _bench = new();

    public PageResponseTests() => _bench.Register();

    [Fact, Trait("Fact", "T017")]
    public void A_domain_that_cannot_answer_is_ENODEV_before_anything_else()
    {
        Device device = new(_bench.Kernel, "nic1", _bench.Device.Bus);
        device.Iommu = new DeviceIommu(_bench.Kernel, device, new FakeIommuDriver(_bench.Kernel));

        Assert.Equal(Errno.ENODEV, _bench.Responder.Respond(device, FaultBench.Answer(1, version: 9)));
    }

    [Fact, Trait("Fact", "T018")]
    public void An_answer_without_a_handler_is_EINVAL()
    {
        FaultBench bench = new();

        Assert.Equal(Errno.EINVAL, bench.Responder.Respond(bench.Device, FaultBench.Answer(1)));
    }

    [Theory, Trait("Fact", "T019")]
    [InlineData(0)]
    [InlineData(2)]
    public void An_answer_of_another_version_is_EINVAL_and_answers_nothing(uint version)
    {
        _bench.Report(FaultBench.Request(1));

        Assert.Equal(Errno.EINVAL, _bench.Responder.Respond(_bench.Device, FaultBench.Answer(1, version: version)));
        Assert.Equal(1, _bench.Pending);
    }

    [Fact, Trait("Fact", "T020")]
    public void An_answer_with_an_unknown_flag_is_EINVAL()
    {
        _bench.Report(FaultBench.Request(1));

        Assert.Equal(Errno.EINVAL, _bench.Responder.Respond(_bench.Device, FaultBench.Answer(1) with { OtherFlags = 2 }));
        Assert.Equal(1, _bench.Pending);
    }

    [Fact, Trait("Fact", "T029")]
    public void The_size_of_an_answer_is_not_looked_at()
    {
        _bench.Report(FaultBench.Request(1));

        Assert.Equal(Errno.None, _bench.Responder.Respond(_bench.Device, FaultBench.Answer(1) with { ArgumentSize = 0 }));
    }

    [Fact, Trait("Fact", "T021")]
    public void An_answer_while_nothing_is_pending_is_EINVAL_and_commands_nothing()
    {
        Assert.Equal(Errno.EINVAL, _bench.Responder.Respond(_bench.Device, FaultBench.Answer(1)));
        Assert.Empty(_bench.Domain.Responses);
    }

    [Fact, Trait("Fact", "T022")]
    public void An_answer_removes_only_the_request_of_its_group()
    {
        _bench.Report(FaultBench.Request(3), FaultBench.Request(5));

        Assert.Equal(Errno.None, _bench.Responder.Respond(_bench.Device, FaultBench.Answer(5)));

        Assert.Equal(3u, _bench.Device.Iommu!.Pending[0].GroupId);
        Assert.Equal(1, _bench.Pending);
    }

    [Fact, Trait("Fact", "T023")]
    public void Of_two_requests_of_one_group_the_older_is_answered()
    {
        _bench.Report(FaultBench.Request(3), FaultBench.Request(3) with { Address = new Iova(0x9000) });

        _bench.Responder.Respond(_bench.Device, FaultBench.Answer(3));

        Assert.Equal(new Iova(0x9000), _bench.Device.Iommu!.Pending[0].Address);
    }

    [Fact, Trait("Fact", "T024")]
    public void An_answer_to_another_group_is_EINVAL_and_the_request_stays()
    {
        _bench.Report(FaultBench.Request(3));

        Assert.Equal(Errno.EINVAL, _bench.Responder.Respond(_bench.Device, FaultBench.Answer(4)));
        Assert.Equal(1, _bench.Pending);
    }

    [Fact, Trait("Fact", "T025")]
    public void A_request_whose_answer_needs_the_PASID_is_not_answered_without_it()
    {
        _bench.Report(FaultBench.Request(3, pasid: 7, needsPasid: true));

        Assert.Equal(Errno.EINVAL, _bench.Responder.Respond(_bench.Device, FaultBench.Answer(3)));
        Assert.Equal(1, _bench.Pending);
    }

    [Fact, Trait("Fact", "T026")]
    public void A_request_whose_answer_needs_the_PASID_is_not_answered_with_another_one()
    {
        _bench.Report(FaultBench.Request(3, pasid: 7, needsPasid: true));

        Assert.Equal(Errno.EINVAL, _bench.Responder.Respond(_bench.Device, FaultBench.Answer(3, pasid: 8)));
        Assert.Equal(1, _bench.Pending);
    }

    [Fact, Trait("Fact", "T027")]
    public void A_PASID_that_the_request_does_not_need_is_dropped_from_its_answer()
    {
        _bench.Report(FaultBench.Request(3));

        Assert.Equal(Errno.None, _bench.Responder.Respond(_bench.Device, FaultBench.Answer(3, pasid: 9)));
        Assert.Null(Assert.Single(_bench.Domain.Responses).Pasid);
    }

    [Fact]
    public void A_PASID_that_the_request_needs_is_passed_on_to_the_driver()
    {
        _bench.Report(FaultBench.Request(1, pasid: 5, needsPasid: true));

        Assert.Equal(Errno.None, _bench.Responder.Respond(_bench.Device, FaultBench.Answer(1, pasid: 5)));

        Assert.Equal(5u, Assert.Single(_bench.Domain.Responses).Pasid);
    }
}
