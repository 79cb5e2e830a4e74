using Iopf.Kernel;
using Iopf.Testing;
using Iopf.VfioType1;
using Iopf.VfioType1.Patches.DeferredMapping;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Moq;

namespace OnePatch;

/// <summary>Patch 6: with IOPF enabled, MAP_DMA neither pins nor maps.</summary>
public sealed class Patch6DeferredMappingTests
{
    private readonly Mock<IAddressSpaceWatch> _watch = new();

    [Fact]
    public void Without_it_MAP_DMA_pins_and_maps_every_page_even_with_IOPF_enabled()
    {
        using ServiceProvider services = new ServiceCollection().AddVfioType1().BuildServiceProvider();

        Type1World world = AfterMapOf8Pages(services, isIopfEnabled: true);

        Assert.Equal((8, 8), (world.Memory.TotalPins, world.Domain.MappedIovas.Count));
    }

    [Fact]
    public void With_it_MAP_DMA_only_notes_the_range_and_has_the_memory_watched()
    {
        using ServiceProvider services = Patch();

        Type1World world = AfterMapOf8Pages(services, isIopfEnabled: true);

        Assert.Equal((0, 0), (world.Memory.TotalPins, world.Domain.MappedIovas.Count));
        _watch.Verify(watch => watch.Watch(world.Container, world.Owner.Mm!), Times.Once);
    }

    [Fact]
    public void It_must_not_change_a_container_without_IOPF()
    {
        using ServiceProvider services = Patch();

        Type1World world = AfterMapOf8Pages(services, isIopfEnabled: false);

        Assert.Equal((8, 8), (world.Memory.TotalPins, world.Domain.MappedIovas.Count));
        _watch.VerifyNoOtherCalls();
    }

    [Theory]
    [InlineData(DirtySource.Faults, true)]
    [InlineData(DirtySource.All, true)]
    [InlineData((DirtySource)9, false)]
    public void Its_option_says_what_the_dirty_log_counts_and_is_checked_when_the_module_is_made(DirtySource source, bool isAllowed)
    {
        using ServiceProvider services = new ServiceCollection().AddDeferredMapping(options => options.Source = source).BuildServiceProvider();

        Exception? refusal = Record.Exception(services.GetRequiredService<IDirtyScope>);

        Assert.Equal(isAllowed, refusal is null);
        Assert.Equal(isAllowed, refusal is not OptionsValidationException);
    }

    private static Type1World AfterMapOf8Pages(IServiceProvider services, bool isIopfEnabled)
    {
        Type1World world = new(services);
        world.AddMemory(0, 8);
        world.Owner.HasIpcLock = true;
        world.Container.IsIopfEnabled = isIopfEnabled;
        DmaMapping mapping = new(Type1World.IovaAt(0), Type1World.VaddrAt(0), Type1World.ReadWrite, world.Owner, world.Owner.Mm!, hasLockCap: true);
        world.Container.Mappings.Add(mapping);

        Assert.Equal(Errno.None, services.GetRequiredService<IDmaMapPolicy>().Establish(world.Container, mapping, 8 * Page.Size, world.Owner));
        Assert.Equal(8 * Page.Size, mapping.Size);
        return world;
    }

    private ServiceProvider Patch()
    {
        ServiceCollection services = new();
        services.AddDeferredMapping().Replace(ServiceDescriptor.Singleton(_watch.Object));
        return services.BuildServiceProvider();
    }
}
