using Iopf.Kernel;

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

    private static Errno Note(List<string> called, string name)
    {
        called.Add(name);
        return Errno.None;
    }
}
