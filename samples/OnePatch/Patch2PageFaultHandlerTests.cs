using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Testing;
using Iopf.VfioType1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Moq;

namespace OnePatch;

/// <summary>Patch 2: type1 serves the faults of a device: it obtains the page, maps it, and answers the request.</summary>
public sealed class Patch2PageFaultHandlerTests
{
    [Fact]
    public void Without_it_type1_refuses_every_fault()
    {
        using ServiceProvider services = new ServiceCollection().AddVfioType1().BuildServiceProvider();
        Mapped world = Mapped.Pages(16, services);

        Errno answer = services.GetRequiredService<IHostFaultService>().Handle(world.Device, Faults.Read(world.FirstIova));

        Assert.Equal(Errno.EOPNOTSUPP, answer);
        Assert.Empty(world.Domain.MappedIovas);
    }

    [Fact]
    public void With_it_a_fault_maps_its_page_and_is_answered_SUCCESS()
    {
        using ServiceProvider services = new ServiceCollection().AddPageFaultHandler().BuildServiceProvider();
        Mapped world = Mapped.Pages(16, services);

        world.EnableFaults();
        world.Report(Faults.Read(world.FirstIova, groupId: 7));

        Assert.Equal([world.FirstIova.Value], world.Domain.MappedIovas);
        Assert.Equal(new PageResponse(7, null, PageResponseCode.Success), Assert.Single(world.Domain.Responses));
    }

    [Fact]
    public void It_must_not_map_what_no_mapping_allows()
    {
        using ServiceProvider services = new ServiceCollection().AddPageFaultHandler().BuildServiceProvider();
        Mapped world = Mapped.Pages(16, services);

        world.EnableFaults();
        world.Report(Faults.Read(Type1World.IovaAt(16)));

        Assert.Empty(world.Domain.MappedIovas);
        Assert.Equal(PageResponseCode.Invalid, Assert.Single(world.Domain.Responses).Code);
    }

    [Fact]
    public void It_obtains_the_page_with_the_access_that_faulted()
    {
        Mock<IPageSource> pages = new();
        pages.Setup(source => source.Obtain(It.IsAny<PageOwner>(), It.IsAny<UserAddress>(), It.IsAny<IommuProt>(), It.IsAny<Memory<Pfn>>())).Returns(Errno.EFAULT);
        ServiceCollection patch = new();
        patch.AddPageFaultHandler().Replace(ServiceDescriptor.Singleton(pages.Object));
        using ServiceProvider services = patch.BuildServiceProvider();
        Mapped world = Mapped.Pages(16, services);

        world.EnableFaults();
        world.Report(Faults.Read(Type1World.IovaAt(3)));

        pages.Verify(source => source.Obtain(world.Mapping.Owner, Type1World.VaddrAt(3), IommuProt.Read, It.IsAny<Memory<Pfn>>()), Times.Once);
        Assert.Equal(PageResponseCode.Invalid, Assert.Single(world.Domain.Responses).Code);
    }
}
