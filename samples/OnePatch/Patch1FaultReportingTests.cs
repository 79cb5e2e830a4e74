using Iopf.ArmSmmuV3.Driver;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Testing;
using Microsoft.Extensions.DependencyInjection;
using Moq;

namespace OnePatch;

/// <summary>Patch 1: faults of stage 2 are reported, and a handler is told only the levels it asked for.</summary>
public sealed class Patch1FaultReportingTests
{
    private const ulong Ipa = 0x8_1234_5000;

    [Fact]
    public void Without_it_the_driver_reports_no_event_of_stage_2()
    {
        using ServiceProvider services = new ServiceCollection().AddArmSmmuV3().BuildServiceProvider();

        Result<Iova> answer = services.GetRequiredService<IStage2EventPolicy>().AddressOf(Faults.Stage2Stall(0x10, new Iova(0x1000), Ipa));

        Assert.Equal(Errno.EFAULT, answer.Error);
    }

    [Fact]
    public void With_it_an_event_of_stage_2_is_reported_at_its_IPA()
    {
        using ServiceProvider services = new ServiceCollection().AddFaultReporting().BuildServiceProvider();

        Result<Iova> answer = services.GetRequiredService<IStage2EventPolicy>().AddressOf(Faults.Stage2Stall(0x10, new Iova(0x1000), Ipa));

        Assert.Equal(new Iova(Ipa), answer.Value);
    }

    [Theory]
    [InlineData(FaultReportCapabilities.NestedLevel1, FaultStage.Stage1, true)]
    [InlineData(FaultReportCapabilities.NestedLevel1, FaultStage.Stage2, false)]
    [InlineData(FaultReportCapabilities.NestedLevel2, FaultStage.Stage2, true)]
    [InlineData(FaultReportCapabilities.Flat, FaultStage.Stage2, true)]
    public void A_handler_is_told_the_levels_it_registered_for(FaultReportCapabilities registered, FaultStage stage, bool isTold)
    {
        using ServiceProvider services = new ServiceCollection().AddFaultReportingCore().BuildServiceProvider();
        Type1World world = new(services);
        Mock<IDeviceFaultHandler> handler = new();
        services.GetRequiredService<DeviceFaultHandlers>().Register(world.Device, handler.Object, registered);

        Errno answer = services.GetRequiredService<DeviceFaultReporter>().Report(world.Device, Faults.Read(Type1World.IovaAt(0), stage: stage));

        Assert.Equal(isTold ? Errno.None : Errno.EOPNOTSUPP, answer);
        handler.Verify(told => told.Handle(world.Device, It.IsAny<IommuFault>()), isTold ? Times.Once : Times.Never);
    }

    [Fact]
    public void It_must_not_let_flat_and_nested_levels_be_registered_together()
    {
        using ServiceProvider services = new ServiceCollection().AddFaultReportingCore().BuildServiceProvider();
        IFaultHandlerCapabilities capabilities = services.GetRequiredService<IFaultHandlerCapabilities>();

        Assert.Equal(Errno.EINVAL, capabilities.Validate(FaultReportCapabilities.Flat | FaultReportCapabilities.NestedLevel1));
        Assert.Equal(
            Errno.EINVAL, capabilities.Update(FaultReportCapabilities.Flat, mask: FaultReportCapabilities.Flat, set: FaultReportCapabilities.NestedLevel2).Error);
    }
}
