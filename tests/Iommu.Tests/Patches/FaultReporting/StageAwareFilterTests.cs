using Iopf.Iommu.Patches.FaultReporting;
using Iopf.Kernel;
using Iopf.Testing;
using Microsoft.Extensions.DependencyInjection;
using Moq;
using static Iopf.Iommu.FaultReportCapabilities;

namespace Iopf.Iommu.Tests.Patches.FaultReporting;

/// <summary>Patch 1: which faults a handler is told, and what it may ask for.</summary>
public sealed class StageAwareFilterTests
{
    private readonly HostKernel _kernel = new();
    private readonly Mock<IDeviceFaultHandler> _handler = new();

    [Theory]
    [InlineData(Flat, FaultStage.Stage1, Errno.None)]
    [InlineData(Flat, FaultStage.Stage2, Errno.None)]
    [InlineData(NestedLevel1, FaultStage.Stage1, Errno.None)]
    [InlineData(NestedLevel1, FaultStage.Stage2, Errno.EOPNOTSUPP)]
    [InlineData(NestedLevel2, FaultStage.Stage1, Errno.EOPNOTSUPP)]
    [InlineData(NestedLevel2, FaultStage.Stage2, Errno.None)]
    [InlineData(NestedLevel1 | NestedLevel2, FaultStage.Stage1, Errno.None)]
    [InlineData(NestedLevel1 | NestedLevel2, FaultStage.Stage2, Errno.None)]
    [InlineData(None, FaultStage.Stage1, Errno.EOPNOTSUPP)]
    [InlineData(None, FaultStage.Stage2, Errno.EOPNOTSUPP)]
    public void A_fault_of_a_level_is_admitted_where_the_handler_is_flat_or_asked_for_it(
        FaultReportCapabilities registered, FaultStage stage, Errno expected)
    {
        StageAwareFilter filter = new();

        Assert.Equal(expected, filter.Admit(registered, IommuFault.PageRequest(stage, new Iova(0x1000), FaultPermissions.Read, groupId: 1)));
        Assert.Equal(
            expected,
            filter.Admit(registered, IommuFault.Unrecoverable(stage, FaultReason.Unknown, new Iova(0x1000), FaultPermissions.Read)));
    }

    [Theory]
    [InlineData(None, Errno.None)]
    [InlineData(Flat, Errno.None)]
    [InlineData(NestedLevel1 | NestedLevel2, Errno.None)]
    [InlineData(Flat | NestedLevel1, Errno.EINVAL)]
    [InlineData(Flat | NestedLevel2, Errno.EINVAL)]
    public void Flat_excludes_the_nested_levels(FaultReportCapabilities wanted, Errno expected) =>
        Assert.Equal(expected, new ExclusiveCapabilities(new HostKernel()).Validate(wanted));

    [Theory]
    [InlineData(NestedLevel2, ~None, NestedLevel1, NestedLevel1 | NestedLevel2)]
    [InlineData(NestedLevel1 | NestedLevel2, ~NestedLevel1, None, NestedLevel2)]
    [InlineData(NestedLevel2, None, Flat, Flat)]
    public void An_update_keeps_what_the_mask_names_and_adds_the_rest(
        FaultReportCapabilities current, FaultReportCapabilities mask, FaultReportCapabilities set, FaultReportCapabilities expected) =>
        Assert.Equal(expected, new ExclusiveCapabilities(new HostKernel()).Update(current, mask, set).Value);

    [Fact]
    public void An_update_that_mixes_flat_and_nested_is_refused_and_the_handler_is_told_what_it_was_told_before()
    {
        Device device = NewDevice();
        using ServiceProvider services = Services(withPatch: true);
        DeviceFaultHandlers handlers = services.GetRequiredService<DeviceFaultHandlers>();
        handlers.Register(device, _handler.Object, NestedLevel2);

        Assert.Equal(Errno.EINVAL, handlers.Update(device, ~None, Flat));

        Assert.Equal(NestedLevel2, handlers.CapabilitiesOf(device));
    }

    [Fact]
    public void A_handler_cannot_be_updated_before_it_is_registered()
    {
        using ServiceProvider services = Services(withPatch: true);

        Assert.Equal(Errno.EINVAL, services.GetRequiredService<DeviceFaultHandlers>().Update(NewDevice(), ~None, NestedLevel1));
    }

    [Fact]
    public void A_level_nobody_asked_for_reaches_no_handler_and_leaves_nothing_pending_with_the_patch_only()
    {
        Assert.Equal((Errno.EOPNOTSUPP, 0, 0), ReportStageOneToLevelTwoHandler(withPatch: true));
        Assert.Equal((Errno.None, 1, 1), ReportStageOneToLevelTwoHandler(withPatch: false));
    }

    [Fact]
    public void Flat_and_nested_together_are_refused_at_registration_with_the_patch_only()
    {
        using ServiceProvider with = Services(withPatch: true);
        using ServiceProvider without = Services(withPatch: false);

        Assert.Equal(Errno.EINVAL, with.GetRequiredService<DeviceFaultHandlers>().Register(NewDevice(), _handler.Object, Flat | NestedLevel1));
        Assert.Equal(Errno.None, without.GetRequiredService<DeviceFaultHandlers>().Register(NewDevice(), _handler.Object, Flat | NestedLevel1));
    }

    private (Errno Outcome, int Handled, int Pending) ReportStageOneToLevelTwoHandler(bool withPatch)
    {
        _handler.Reset();
        Device device = NewDevice();
        using ServiceProvider services = Services(withPatch);
        Assert.Equal(Errno.None, services.GetRequiredService<DeviceFaultHandlers>().Register(device, _handler.Object, NestedLevel2));

        IommuFault fault = IommuFault.PageRequest(FaultStage.Stage1, new Iova(0x1000), FaultPermissions.Write, groupId: 7);
        Errno outcome = services.GetRequiredService<DeviceFaultReporter>().Report(device, in fault);

        return (outcome, _handler.Invocations.Count, device.Iommu!.PendingFaultCount);
    }

    private Device NewDevice() => FakeDevices.Behind(_kernel, new FakeIommuDomain(_kernel));

    private ServiceProvider Services(bool withPatch)
    {
        IServiceCollection services = new ServiceCollection().AddSingleton(_kernel).AddIommu();
        return (withPatch ? services.AddFaultReportingCore() : services).BuildServiceProvider();
    }
}
