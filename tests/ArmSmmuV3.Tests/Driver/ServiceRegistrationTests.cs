using Iopf.ArmSmmuV3.Driver;
using Iopf.ArmSmmuV3.Patches.FaultReporting;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.ArmSmmuV3.Tests.Driver;

public class ServiceRegistrationTests
{
    [Fact]
    public void Baseline_answers_are_registered_once()
    {
        ServiceCollection services = new();

        services.AddArmSmmuV3().AddArmSmmuV3();

        Assert.Equal(typeof(RefuseStage2Events), AnswerOf<IStage2EventPolicy>(services));
        Assert.Equal(typeof(Stage2NeverStalls), AnswerOf<IStage2Stall>(services));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Patch_replaces_its_two_answers_whatever_the_order(bool patchFirst)
    {
        ServiceCollection services = new();

        if (patchFirst)
        {
            services.AddFaultReporting().AddArmSmmuV3();
        }
        else
        {
            services.AddArmSmmuV3().AddFaultReporting();
        }

        Assert.Equal(typeof(ReportStage2Events), AnswerOf<IStage2EventPolicy>(services));
        Assert.Equal(typeof(Stage2StallsWithItsMaster), AnswerOf<IStage2Stall>(services));
    }

    private static Type? AnswerOf<T>(ServiceCollection services)
    {
        ServiceDescriptor descriptor = Assert.Single(services, service => service.ServiceType == typeof(T));
        return descriptor.ImplementationType;
    }
}
