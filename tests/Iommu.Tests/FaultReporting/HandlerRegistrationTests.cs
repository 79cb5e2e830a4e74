using Iopf.Kernel;
using Moq;

namespace Iopf.Iommu.Tests.FaultReporting;

/// <summary>Who is told a device's faults: baseline.md 7.1.</summary>
public sealed class HandlerRegistrationTests
{
    private readonly FaultBench _bench = new();

    [Fact, Trait("Fact", "T001")]
    public void Registering_for_a_device_without_IOMMU_is_EINVAL() =>
        Assert.Equal(Errno.EINVAL, _bench.Handlers.Register(_bench.Unprobed, null, FaultReportCapabilities.Flat));

    [Fact, Trait("Fact", "T002")]
    public void Registering_takes_a_reference_on_the_device()
    {
        int references = _bench.Device.ReferenceCount;

        Assert.Equal(Errno.None, _bench.Register());

        Assert.Equal(references + 1, _bench.Device.ReferenceCount);
    }

    [Fact, Trait("Fact", "T003")]
    public void A_second_handler_is_EBUSY_and_the_first_stays()
    {
        List<string> called = [];
        _bench.Register(_ => Note(called, "first"));

        Assert.Equal(Errno.EBUSY, _bench.Register(_ => Note(called, "second")));

        _bench.Report(FaultBench.Request(1));
        Assert.Equal(["first"], called);
    }

    [Fact, Trait("Fact", "T004")]
    public void Unregistering_without_a_handler_succeeds() => Assert.Equal(Errno.None, _bench.Handlers.Unregister(_bench.Device));

    [Fact, Trait("Fact", "T005")]
    public void Unregistering_drops_the_reference_and_lets_another_register()
    {
        int references = _bench.Device.ReferenceCount;
        _bench.Register();

        Assert.Equal(Errno.None, _bench.Handlers.Unregister(_bench.Device));

        Assert.Equal(references, _bench.Device.ReferenceCount);
        Assert.Equal(Errno.None, _bench.Register());
    }

    [Fact, Trait("Fact", "T006")]
    public void Unregistering_with_a_page_request_pending_is_EBUSY_and_reports_still_arrive()
    {
        int calls = 0;
        _bench.Register(_ =>
        {
            calls++;
            return Errno.None;
        });
        _bench.Report(FaultBench.Request(1));

        Assert.Equal(Errno.EBUSY, _bench.Handlers.Unregister(_bench.Device));

        _bench.Report(FaultBench.Request(2));
        Assert.Equal(2, calls);
    }

    [Fact, Trait("Fact", "T007")]
    public void Unregistering_for_a_device_without_IOMMU_is_EINVAL() =>
        Assert.Equal(Errno.EINVAL, _bench.Handlers.Unregister(_bench.Unprobed));

    [Fact]
    public void Updating_the_handler_of_a_device_without_IOMMU_is_EINVAL() =>
        Assert.Equal(
            Errno.EINVAL,
            _bench.Handlers.Update(_bench.Unprobed, ~FaultReportCapabilities.None, FaultReportCapabilities.NestedLevel1));

    [Fact]
    public void Without_a_handler_a_device_has_no_capabilities_and_nobody_is_registered()
    {
        IDeviceFaultHandler handler = Mock.Of<IDeviceFaultHandler>();

        Assert.Equal(FaultReportCapabilities.None, _bench.Handlers.CapabilitiesOf(_bench.Unprobed));
        Assert.Equal(FaultReportCapabilities.None, _bench.Handlers.CapabilitiesOf(_bench.Device));
        Assert.False(_bench.Handlers.IsRegistered(_bench.Unprobed, handler));
        Assert.False(_bench.Handlers.IsRegistered(_bench.Device, handler));
    }

    [Fact]
    public void The_registered_handler_is_known_with_what_it_asked_for()
    {
        IDeviceFaultHandler handler = Mock.Of<IDeviceFaultHandler>();

        _bench.Handlers.Register(_bench.Device, handler, FaultReportCapabilities.NestedLevel2);

        Assert.True(_bench.Handlers.IsRegistered(_bench.Device, handler));
        Assert.False(_bench.Handlers.IsRegistered(_bench.Device, Mock.Of<IDeviceFaultHandler>()));
        Assert.Equal(FaultReportCapabilities.NestedLevel2, _bench.Handlers.CapabilitiesOf(_bench.Device));
    }

    [Fact]
    public void Completing_what_is_pending_answers_it_INVALID_oldest_first_so_that_the_handler_can_go()
    {
        _bench.Register();
        _bench.Report(FaultBench.Request(3), FaultBench.Request(1, pasid: 5, needsPasid: true));

        _bench.Handlers.CompletePending(_bench.Device);

        Assert.Equal(
            [(3u, null, PageResponseCode.Invalid), (1u, (uint?)5u, PageResponseCode.Invalid)],
            _bench.Domain.Responses.Select(response => (response.GroupId, response.Pasid, response.Code)));
        Assert.Equal(Errno.None, _bench.Handlers.Unregister(_bench.Device));
    }

    private static Errno Note(List<string> called, string name)
    {
        called.Add(name);
        return Errno.None;
    }
}
