using Iopf.Iommu;
using Iopf.VfioType1.Patches.NestedIopf;
using Iopf.VfioType1.Tests.FaultHandling;
using Moq;

namespace Iopf.VfioType1.Tests.Patches.NestedIopf;

/// <summary>Whose fault is it: the guest's or the host's?</summary>
public sealed class NestedRoutingTests
{
    private readonly FaultWorld _world = new();

    [Theory]
    [InlineData(FaultReportCapabilities.NestedLevel1, FaultStage.Stage1, FaultRoute.Guest)]
    [InlineData(FaultReportCapabilities.NestedLevel1 | FaultReportCapabilities.NestedLevel2, FaultStage.Stage1, FaultRoute.Guest)]
    [InlineData(FaultReportCapabilities.NestedLevel1 | FaultReportCapabilities.NestedLevel2, FaultStage.Stage2, FaultRoute.Host)]
    [InlineData(FaultReportCapabilities.NestedLevel2, FaultStage.Stage2, FaultRoute.Host)]
    [InlineData(FaultReportCapabilities.Flat, FaultStage.Stage1, FaultRoute.Host)]
    [InlineData(FaultReportCapabilities.None, FaultStage.Stage1, FaultRoute.Host)]
    public void A_stage_1_fault_is_the_guests_exactly_if_levels_were_registered(
        FaultReportCapabilities registered, FaultStage stage, FaultRoute expected)
    {
        _world.Handlers.Register(_world.Device, Mock.Of<IDeviceFaultHandler>(), registered);

        FaultRoute route = new NestedRouting(_world.Handlers).RouteOf(_world.Device, FaultWorld.Request(1) with { Stage = stage }).Value;

        Assert.Equal(expected, route);
    }
}
