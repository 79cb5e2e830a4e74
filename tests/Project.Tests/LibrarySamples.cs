using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Patches;
using Iopf.Scenarios;
using Iopf.Settings;
using Iopf.Testing;
using Iopf.VfioType1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Iopf.Project.Tests;

/// <summary>The samples of docs/library.md, compiled and run.</summary>
internal static class LibrarySamples
{
    public static PatchSet Toggle()
    {
        // toggle
        ServiceCollection services = new();
        services.AddIopfModel();                                                                 // all eight patches, no errata
        services.Configure<IopfOptions>(options => options.Patches = PatchSet.All.Without(4));   // before or after AddIopfModel: the same
        using ServiceProvider provider = services.BuildServiceProvider();
        ModeledHostFactory machines = provider.GetRequiredService<ModeledHostFactory>();
        using ModeledHost host = machines.Create(MachineSpec.OneDevice);                         // what the options say now
        // end of sample
        return host.Options.Patches;
    }

    public static void Alone()
    {
        // alone
        using ServiceProvider services = new ServiceCollection().AddPremap(options => options.Length = 4).BuildServiceProvider();
        IFaultWindow window = services.GetRequiredService<IFaultWindow>();
        Mapped world = Mapped.Pages(16);                                                         // Iopf.Testing
        Assert.Equal(4UL, window.Plan(world.Container, world.Mapping, world.FirstIova, IovaRange.All, IommuProt.Read).PageCount);
        // end of sample
    }

    public static RunResult Own(IFaultWindow mine)
    {
        // own
        RunResult result = ScenarioRun.Execute(new RunRequest(BuiltInScenarios.Get("first-fault"))
        {
            Services = services => services.Replace(ServiceDescriptor.Singleton<IFaultWindow>(mine)),   // mine is an IFaultWindow
        });
        // end of sample
        return result;
    }
}
