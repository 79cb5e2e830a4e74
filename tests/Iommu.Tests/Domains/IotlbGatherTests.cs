namespace Iopf.Iommu.Tests.Domains;

/// <summary>What one IOTLB invalidation may cover.</summary>
public sealed class IotlbGatherTests
{
    [Fact]
    public void An_empty_gather_takes_any_page()
    {
        IotlbGather gather = default;

        Assert.True(gather.IsEmpty);
        Assert.True(gather.CanAdd(0x7000, 0x1000));
    }

    [Theory]
    [InlineData(0x3000, 0x1000, true)]
    [InlineData(0x1000, 0x1000, true)]
    [InlineData(0x2000, 0x1000, true)]
    [InlineData(0x4000, 0x1000, false)]
    [InlineData(0x0000, 0x1000, false)]
    [InlineData(0x3000, 0x2000, false)]
    public void A_page_joins_when_it_has_the_size_of_the_others_and_no_gap_is_between(ulong iova, ulong size, bool joins)
    {
        IotlbGather gather = default;
        gather.Add(0x2000, 0x1000);

        Assert.Equal(joins, gather.CanAdd(iova, size));
    }

    [Fact]
    public void The_range_grows_to_both_sides()
    {
        IotlbGather gather = default;

        gather.Add(0x2000, 0x1000);
        gather.Add(0x3000, 0x1000);
        gather.Add(0x1000, 0x1000);

        Assert.Equal(new IotlbGather { First = 0x1000, Last = 0x3fff, PageSize = 0x1000 }, gather);
    }

    [Fact]
    public void The_last_page_of_the_address_space_can_be_gathered()
    {
        IotlbGather gather = default;

        gather.Add(0xffff_ffff_ffff_f000, 0x1000);

        Assert.Equal(ulong.MaxValue, gather.Last);
    }
}
