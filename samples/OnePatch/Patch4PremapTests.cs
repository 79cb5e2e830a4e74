using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Testing;
using Iopf.VfioType1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Moq;

namespace OnePatch;

/// <summary>Patch 4: one fault maps several pages.</summary>
public sealed class Patch4PremapTests
{
    [Fact]
    public void Without_it_a_fault_maps_one_page()
    {
        using ServiceProvider services = new ServiceCollection().AddVfioType1().BuildServiceProvider();
        Mapped world = Mapped.Pages(16);

        IovaRange window = services.GetRequiredService<IFaultWindow>().Plan(world.Container, world.Mapping, world.FirstIova, IovaRange.All, IommuProt.Read);

        Assert.Equal(1UL, window.PageCount);
    }

    [Fact]
    public void With_it_a_fault_maps_as_many_as_the_option_says()
    {
        using ServiceProvider services = new ServiceCollection().AddPremap(options => options.Length = 4).BuildServiceProvider();
        IFaultWindow window = services.GetRequiredService<IFaultWindow>();
        Mapped world = Mapped.Pages(16);                                                // Iopf.Testing
        Assert.Equal(4UL, window.Plan(world.Container, world.Mapping, world.FirstIova, IovaRange.All, IommuProt.Read).PageCount);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1_048_577)]
    public void A_length_that_is_not_allowed_is_refused_when_the_module_is_made(int length)
    {
        using ServiceProvider services = new ServiceCollection().AddPremap(options => options.Length = length).BuildServiceProvider();

        OptionsValidationException refusal = Assert.Throws<OptionsValidationException>(services.GetRequiredService<IFaultWindow>);
        Assert.Contains("Premap:Length", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("1048576", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_must_not_reach_past_the_mapping_the_scope_or_a_page_that_is_mapped()
    {
        using ServiceProvider services = new ServiceCollection().AddPremap(options => options.Length = 8).BuildServiceProvider();
        IFaultWindow window = services.GetRequiredService<IFaultWindow>();
        Mapped world = Mapped.Pages(16);
        world.MapPages(world.Mapping, 10, 1);

        Assert.Equal(Type1World.RangeAt(13, 3), window.Plan(world.Container, world.Mapping, Type1World.IovaAt(13), IovaRange.All, IommuProt.Read));
        Assert.Equal(Type1World.RangeAt(7, 3), window.Plan(world.Container, world.Mapping, Type1World.IovaAt(7), IovaRange.All, IommuProt.Read));
        Assert.Equal(Type1World.RangeAt(0, 2), window.Plan(world.Container, world.Mapping, world.FirstIova, Type1World.RangeAt(0, 2), IommuProt.Read));
    }

    [Fact]
    public void Inside_patch_2_its_window_ends_where_the_scope_does()
    {
        Mock<IFaultableScope> scope = new();
        scope.Setup(one => one.ScopeOf(It.IsAny<Type1Group>(), It.IsAny<Iova>())).Returns(Type1World.RangeAt(4, 3));
        ServiceCollection patches = new();
        patches.AddPageFaultHandler().AddPremap(options => options.Length = 8).AddSingleton(scope.Object);
        using ServiceProvider services = patches.BuildServiceProvider();
        Mapped world = Mapped.Pages(16, services);
        world.EnableFaults();

        world.Report(Faults.Read(Type1World.IovaAt(5)));

        Assert.Equal([5UL, 6UL], Type1World.PagesIn(world.Domain));
    }
}
