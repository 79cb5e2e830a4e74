using Iopf.Kernel;
using Iopf.Testing;
using Moq;
using Moq.Protected;

namespace Iopf.Iommu.Tests.Domains;

/// <summary>What the core refuses before it asks the driver, and what it takes back after the driver refused.</summary>
public sealed class IommuDomainTests
{
    private const IommuProt ReadWrite = IommuProt.Read | IommuProt.Write;
    private readonly HostKernel _kernel = new();

    [Fact]
    public void A_domain_without_block_sizes_maps_nothing_ENODEV_and_unmaps_nothing()
    {
        Mock<IommuDomain> domain = DomainOf(DomainType.Unmanaged, pageSizes: 0);

        Assert.Equal(Errno.ENODEV, domain.Object.Map(new Iova(0x1000), 0x9000, Page.Size, ReadWrite));
        Assert.Equal(0UL, domain.Object.Unmap(new Iova(0x1000), Page.Size));
    }

    [Theory]
    [InlineData(DomainType.Identity, Errno.EINVAL)]
    [InlineData(DomainType.Blocked, Errno.EINVAL)]
    [InlineData(DomainType.Unmanaged, Errno.None)]
    [InlineData(DomainType.Dma, Errno.None)]
    public void Only_a_domain_that_translates_can_be_mapped_into(DomainType type, Errno expected)
    {
        Mock<IommuDomain> domain = DomainOf(type, Page.Size);

        Assert.Equal(expected, domain.Object.Map(new Iova(0x1000), 0x9000, Page.Size, ReadWrite));
    }

    [Theory]
    [InlineData(0x1800, 0x9000, 0x1000)]
    [InlineData(0x1000, 0x9800, 0x1000)]
    [InlineData(0x1000, 0x9000, 0x1800)]
    public void A_request_that_is_not_in_whole_pages_is_EINVAL(ulong iova, ulong physicalAddress, ulong size)
    {
        FakeIommuDomain domain = new(_kernel);

        Assert.Equal(Errno.EINVAL, domain.Map(new Iova(iova), physicalAddress, size, ReadWrite));
        Assert.Empty(domain.MappedIovas);
    }

    [Theory]
    [InlineData(0x1800, 0x1000)]
    [InlineData(0x1000, 0x800)]
    public void An_unmap_that_is_not_in_whole_pages_takes_nothing_out(ulong iova, ulong size)
    {
        FakeIommuDomain domain = new(_kernel);
        domain.Map(new Iova(0x1000), 0x9000, 0x2000, ReadWrite);

        Assert.Equal(0UL, domain.Unmap(new Iova(iova), size));
        Assert.Equal([0x1000, 0x2000], domain.MappedIovas);
    }

    [Fact]
    public void A_block_that_the_driver_refuses_takes_the_blocks_before_it_back_and_syncs_them()
    {
        FakeIommuDomain domain = new(_kernel) { MapFailsAt = new Iova(0x3000) };

        Assert.Equal(Errno.ENOMEM, domain.Map(new Iova(0x1000), 0x9000, 0x4000, ReadWrite));

        Assert.Empty(domain.MappedIovas);
        Assert.Equal(0, domain.UnsyncedPages);
    }

    [Fact]
    public void Syncing_an_empty_gather_commands_nothing()
    {
        FakeIommuDomain domain = new(_kernel);
        IotlbGather gather = default;

        domain.SyncIotlb(ref gather);

        Assert.Equal(0, domain.SyncCount);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(null, false)]
    public void Stage_1_is_a_guests_affair_only_where_the_driver_says_the_domain_is_nested(bool? answer, bool expected)
    {
        Mock<IommuDomain> domain = DomainOf(DomainType.Unmanaged, Page.Size);
        Result<bool> nested = answer is { } yes ? yes : Errno.ENODEV;
        domain.SetupGet(d => d.IsNested).Returns(nested);

        Assert.Equal(expected, domain.Object.LeavesStage1ToGuest);
    }

    private Mock<IommuDomain> DomainOf(DomainType type, ulong pageSizes)
    {
        Mock<IommuDomain> domain = new(_kernel, type) { CallBase = true };
        domain.SetupGet(d => d.PageSizes).Returns(pageSizes);
        domain.Protected().Setup<Errno>("MapBlock", ItExpr.IsAny<Iova>(), ItExpr.IsAny<ulong>(), ItExpr.IsAny<ulong>(), ItExpr.IsAny<IommuProt>())
            .Returns(Errno.None);
        return domain;
    }
}
