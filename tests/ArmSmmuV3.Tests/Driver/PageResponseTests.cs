using Iopf.ArmSmmuV3.Driver;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Tests.Driver;

public class PageResponseTests
{
    private readonly SmmuBench _bench = new();

    [Fact]
    [Trait("Fact", "T059")]
    public void Success_resumes_the_stall_with_a_retry()
    {
        (Device device, uint tag) = StalledDevice();
        uint mark = _bench.CommandMark();

        Errno result = _bench.Responder.Respond(device, new PageResponse(tag, null, PageResponseCode.Success));

        Assert.Equal(Errno.None, result);
        SmmuCommand command = Assert.Single(_bench.CommandsSince(mark));
        Assert.Equal(0x44UL | 1UL << 12 | (ulong)SmmuBench.StreamId << 32, command.Word0);
        Assert.Equal(tag, command.Word1);
    }

    [Theory]
    [Trait("Fact", "T060")]
    [InlineData(PageResponseCode.Invalid)]
    [InlineData(PageResponseCode.Failure)]
    public void Refusal_of_either_kind_aborts(PageResponseCode code)
    {
        (Device device, uint tag) = StalledDevice();
        uint mark = _bench.CommandMark();

        _bench.Responder.Respond(device, new PageResponse(tag, null, code));

        Assert.Equal(2UL, Assert.Single(_bench.CommandsSince(mark)).Word0 >> 12 & 3);
        Assert.Equal([1], _bench.Engine.Refused);
    }

    [Fact]
    [Trait("Fact", "T028")]
    public void Unknown_response_code_is_invalid_sends_nothing_and_forgets_the_fault()
    {
        (Device device, uint tag) = StalledDevice();
        uint mark = _bench.CommandMark();

        Errno result = _bench.Responder.Respond(device, new PageResponse(tag, null, (PageResponseCode)3));

        Assert.Equal(Errno.EINVAL, result);
        Assert.Empty(_bench.CommandsSince(mark));
        Assert.Equal(0, device.Iommu!.PendingFaultCount);
        Assert.Equal(1, _bench.Hardware.StalledTransactions);
    }

    [Fact]
    public void Response_for_a_device_that_cannot_stall_fails_with_ENODEV()
    {
        Device device = _bench.AddDevice(new SmmuMasterDescription(SmmuBench.StreamId));

        Assert.Equal(Errno.ENODEV, _bench.Attach(device).RespondToPage(device, new PageResponse(1, null, PageResponseCode.Success)));
    }

    [Fact]
    public void Retry_of_a_page_that_is_still_unmapped_stalls_again_with_a_new_event()
    {
        (Device device, uint tag) = StalledDevice(out RecordingHandler handler);

        _bench.Responder.Respond(device, new PageResponse(tag, null, PageResponseCode.Success));
        _bench.Run();

        Assert.Equal(2, handler.Faults.Count);
        Assert.Equal(handler.Faults[0].Address, handler.Faults[1].Address);
        Assert.Equal(1, _bench.Hardware.StalledTransactions);
    }

    private (Device Device, uint Tag) StalledDevice() => StalledDevice(out _);

    private (Device Device, uint Tag) StalledDevice(out RecordingHandler handler)
    {
        Device device = _bench.AddStallingDevice();
        _bench.Attach(device);
        handler = _bench.Handle(device);
        Assert.Equal(DmaOutcome.Stalled, _bench.Dma(0x1000));
        _bench.Run();
        return (device, Assert.Single(handler.Faults).GroupId);
    }
}
