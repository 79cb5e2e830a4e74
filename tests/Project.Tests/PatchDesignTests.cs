using Iopf.Patches;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.Project.Tests;

public sealed class PatchDesignTests
{
    [Fact]
    public void Patches_commute()
    {
        IEnumerable<string> forwards = Describe(Register(PatchCatalog.All));
        IEnumerable<string> backwards = Describe(Register(PatchCatalog.All.Reverse()));

        Assert.Equal(forwards.Order(), backwards.Order());
    }

    [Fact]
    public void Registering_a_patch_twice_is_registering_it_once() =>
        Assert.Equal(
            Describe(Register(PatchCatalog.All)).Order(),
            Describe(Register([.. PatchCatalog.All, .. PatchCatalog.All])).Order());

    [Fact]
    public void A_patch_may_be_registered_before_the_baseline()
    {
        ServiceCollection services = new();
        foreach (PatchModule patch in PatchCatalog.All)
        {
            // Replace adds where nothing stands yet, and the baseline's TryAdd leaves it alone.
            patch.Register(services);
        }

        services.AddIopfModel(options => options.Patches = PatchSet.None);

        using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Equal("PremapWindow", provider.GetRequiredService<VfioType1.IFaultWindow>().GetType().Name);
    }

    [Fact]
    public void Each_port_is_answered_by_at_most_one_patch()
    {
        var contested =
            from patch in PatchCatalog.All
            from port in PortChanges.Of(patch)
            where !port.IsList
            group patch.Number by port.Port into owners
            where owners.Count() > 1
            select $"{owners.Key} is answered by patches {string.Join(", ", owners)}";

        Assert.Equal([], contested);
    }

    [Fact]
    public void Every_patch_changes_at_least_one_answer() =>
        Assert.All(PatchCatalog.All, patch => Assert.NotEmpty(PortChanges.Of(patch)));

    private static ServiceCollection Register(IEnumerable<PatchModule> patches)
    {
        ServiceCollection services = new();
        services.AddIopfModel(options => options.Patches = PatchSet.None);
        foreach (PatchModule patch in patches)
        {
            patch.Register(services);
        }

        return services;
    }

    private static IEnumerable<string> Describe(IServiceCollection services) =>
        services.Where(service => service.ServiceType.FullName!.StartsWith("Iopf", StringComparison.Ordinal))
            .Select(service => $"{service.ServiceType} -> {service.ImplementationType} {service.ImplementationFactory?.Method.Name}");
}
