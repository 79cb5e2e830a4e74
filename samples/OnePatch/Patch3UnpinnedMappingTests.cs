using Iopf.Kernel;
using Iopf.Testing;
using Iopf.VfioType1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Moq;

namespace OnePatch;

/// <summary>Patch 3: an MMU notifier takes pages away from the device when the CPU loses them, so that they need no pin.</summary>
public sealed class Patch3UnpinnedMappingTests
{
    [Fact]
    public void Without_it_the_device_keeps_pages_that_the_process_has_unmapped()
    {
        using ServiceProvider services = new ServiceCollection().AddVfioType1().BuildServiceProvider();

        Assert.Equal([0UL, 1UL, 2UL, 3UL], MappedAfterMunmapOfPages1And2(services));
    }

    [Fact]
    public void With_it_the_device_loses_the_pages_before_the_process_does()
    {
        using ServiceProvider services = new ServiceCollection().AddUnpinnedMapping().BuildServiceProvider();

        Assert.Equal([0UL, 3UL], MappedAfterMunmapOfPages1And2(services));
    }

    [Fact]
    public void It_must_not_keep_a_pin_on_a_page_once_it_is_mapped()
    {
        using ServiceProvider services = new ServiceCollection().AddUnpinnedMapping().BuildServiceProvider();
        Mapped world = Mapped.Pages(4, services);
        Pfn[] frames = new Pfn[1];

        Assert.Equal(1, services.GetRequiredService<IPageSource>().Obtain(world.Mapping.Owner, Type1World.VaddrAt(0), Type1World.ReadWrite, frames).Value);
        services.GetRequiredService<IPageResidency>().AfterMap(world.Mapping, frames);

        Assert.Equal(0, world.Memory.TotalPins);
        Assert.Equal(0, world.Owner.Mm!.LockedVm);
    }

    [Fact]
    public void It_takes_out_exactly_the_pages_behind_the_memory_that_goes()
    {
        Mock<IPartialUnmapper> unmapper = new();
        ServiceCollection patch = new();
        patch.AddUnpinnedMapping().Replace(ServiceDescriptor.Singleton(unmapper.Object));
        using ServiceProvider services = patch.BuildServiceProvider();
        Mapped world = Mapped.Pages(4, services);
        world.MapPages(world.Mapping, 0, 4);
        services.GetRequiredService<IAddressSpaceWatch>().Watch(world.Container, world.Owner.Mm!);

        world.Owner.Mm!.Munmap(UserRange.OfPages(Type1World.VaddrAt(1), 2));

        unmapper.Verify(one => one.Remove(world.Container, world.Mapping, Type1World.RangeAt(1, 2)), Times.Once);
        unmapper.VerifyNoOtherCalls();
    }

    private static IEnumerable<ulong> MappedAfterMunmapOfPages1And2(IServiceProvider services)
    {
        Mapped world = Mapped.Pages(4, services);
        world.MapPages(world.Mapping, 0, 4);
        services.GetRequiredService<IAddressSpaceWatch>().Watch(world.Container, world.Owner.Mm!);

        world.Owner.Mm!.Munmap(UserRange.OfPages(Type1World.VaddrAt(1), 2));

        return Type1World.PagesIn(world.Domain);
    }
}
