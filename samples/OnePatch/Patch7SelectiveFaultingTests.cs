using Iopf.Kernel;
using Iopf.Testing;
using Iopf.VfioType1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Moq;

namespace OnePatch;

/// <summary>Patch 7: what a vendor driver pins is mapped while it is pinned and never faults.</summary>
public sealed class Patch7SelectiveFaultingTests
{
    private static readonly Pfn Frame = new(0x4321);

    [Fact]
    public void Without_it_a_pin_changes_nothing_for_faults()
    {
        using ServiceProvider services = new ServiceCollection().AddVfioType1().BuildServiceProvider();
        Mapped world = Mapped.Pages(16, services);

        Pin(services, world, page: 5);

        Assert.Equal(IovaRange.All, services.GetRequiredService<IFaultableScope>().ScopeOf(world.Group, Type1World.IovaAt(3)));
        Assert.Empty(world.Domain.MappedIovas);
    }

    [Fact]
    public void With_it_a_pinned_page_is_mapped_and_ends_the_scope_of_faults_beside_it()
    {
        using ServiceProvider services = new ServiceCollection().AddSelectiveFaulting().BuildServiceProvider();
        Mapped world = Mapped.Pages(16, services);

        Pin(services, world, page: 2);
        Pin(services, world, page: 9);

        Assert.Equal(Type1World.RangeAt(3, 6), services.GetRequiredService<IFaultableScope>().ScopeOf(world.Group, Type1World.IovaAt(4)));
        Assert.Equal([2UL, 9UL], Type1World.PagesIn(world.Domain));
    }

    [Fact]
    public void It_must_not_leave_a_page_mapped_whose_last_pin_is_gone()
    {
        using ServiceProvider services = new ServiceCollection().AddSelectiveFaulting().BuildServiceProvider();
        Mapped world = Mapped.Pages(16, services);
        IPinScopeRecorder recorder = services.GetRequiredService<IPinScopeRecorder>();
        Pin(services, world, page: 5);

        Assert.True(recorder.Unpinning(world.Container, world.Group.IommuGroup, world.Mapping, Type1World.IovaAt(5)));

        Assert.Empty(world.Domain.MappedIovas);
        Assert.Equal(IovaRange.All, services.GetRequiredService<IFaultableScope>().ScopeOf(world.Group, Type1World.IovaAt(5)));
    }

    [Fact]
    public void A_pin_that_a_domain_refuses_is_undone()
    {
        Mock<IDomainsMapper> mapper = new();
        mapper.Setup(one => one.MapEverywhere(It.IsAny<Type1Container>(), Type1World.IovaAt(5), Frame, 1, Type1World.ReadWrite)).Returns(Errno.ENOMEM);
        ServiceCollection patch = new();
        patch.AddSelectiveFaulting().Replace(ServiceDescriptor.Singleton(mapper.Object));
        using ServiceProvider services = patch.BuildServiceProvider();
        Mapped world = Mapped.Pages(16, services);

        Errno answer = services.GetRequiredService<IPinScopeRecorder>().Pinned(world.Container, world.Group.IommuGroup, world.Mapping, Type1World.IovaAt(5), Frame);

        Assert.Equal(Errno.ENOMEM, answer);
        Assert.Empty(services.GetRequiredService<IPinScopeView>().RangesOf(world.Group.IommuGroup));
    }

    private static void Pin(IServiceProvider services, Mapped world, ulong page) =>
        Assert.Equal(
            Errno.None,
            services.GetRequiredService<IPinScopeRecorder>().Pinned(world.Container, world.Group.IommuGroup, world.Mapping, Type1World.IovaAt(page), Frame));
}
