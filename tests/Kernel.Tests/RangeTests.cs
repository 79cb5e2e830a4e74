namespace Iopf.Kernel.Tests;

public sealed class RangeTests
{
    [Fact]
    public void A_range_may_end_at_the_top_of_the_address_space()
    {
        IovaRange top = IovaRange.OfLength(new Iova(0xffff_ffff_ffff_f000), 0x1000);

        Assert.Equal(ulong.MaxValue, top.Last.Value);
        Assert.Equal(1UL, top.PageCount);
    }

    [Fact]
    public void A_range_that_wraps_cannot_be_built() =>
        Assert.Throws<InvariantViolationException>(() => IovaRange.OfLength(new Iova(0xffff_ffff_ffff_f000), 0x2000));

    [Fact]
    public void An_empty_range_cannot_be_built() =>
        Assert.Throws<InvariantViolationException>(() => IovaRange.OfLength(new Iova(0x1000), 0));

    [Theory]
    [InlineData(0x1000, 0x1fff, 0x2000, 0x2fff, false)]
    [InlineData(0x1000, 0x2000, 0x2000, 0x2fff, true)]
    [InlineData(0x0, 0xffff, 0x2000, 0x2fff, true)]
    public void Ranges_overlap_when_they_share_a_byte(ulong first, ulong last, ulong otherFirst, ulong otherLast, bool overlap)
    {
        IovaRange range = new(new Iova(first), new Iova(last));
        IovaRange other = new(new Iova(otherFirst), new Iova(otherLast));

        Assert.Equal(overlap, range.Overlaps(other));
        Assert.Equal(overlap, range.Intersect(other) is not null);
    }

    [Fact]
    public void The_page_count_counts_pages_touched_and_not_bytes() =>
        Assert.Equal(2UL, new IovaRange(new Iova(0xfff), new Iova(0x1000)).PageCount);

    [Fact]
    public void An_address_prints_as_hexadecimal() => Assert.Equal("0x1234", new Iova(0x1234).ToString());

    [Theory]
    [InlineData(0xfff, false)]
    [InlineData(0x1000, true)]
    [InlineData(0x2fff, true)]
    [InlineData(0x3000, false)]
    public void A_range_holds_its_bounds_and_what_is_between(ulong address, bool isInside)
    {
        Assert.Equal(isInside, IovaRange.OfPages(new Iova(0x1abc), 2).Contains(new Iova(address)));
        Assert.Equal(isInside, UserRange.OfPages(new UserAddress(0x1abc), 2).Contains(new UserAddress(address)));
    }

    [Theory]
    [InlineData(0x1000, 0x2fff, true)]
    [InlineData(0x1800, 0x1fff, true)]
    [InlineData(0xfff, 0x1fff, false)]
    [InlineData(0x2000, 0x3000, false)]
    [InlineData(0x0, 0xffff_ffff_ffff_ffff, false)]
    public void A_range_lies_in_another_when_no_byte_of_it_is_outside(ulong first, ulong last, bool isInside)
    {
        Assert.Equal(isInside, IovaRange.OfPages(new Iova(0x1000), 2).Contains(new IovaRange(new Iova(first), new Iova(last))));
        Assert.Equal(isInside, UserRange.OfPages(new UserAddress(0x1000), 2).Contains(new UserRange(new UserAddress(first), new UserAddress(last))));
    }

    [Fact]
    public void The_bytes_that_two_ranges_share_are_a_range()
    {
        UserRange low = new(new UserAddress(0x1000), new UserAddress(0x2fff));
        UserRange high = new(new UserAddress(0x2000), new UserAddress(0x4fff));

        Assert.Equal(new UserRange(new UserAddress(0x2000), new UserAddress(0x2fff)), low.Intersect(high));
        Assert.Equal(low.Intersect(high), high.Intersect(low));
        Assert.Null(low.Intersect(new UserRange(new UserAddress(0x3000), new UserAddress(0x3fff))));
        Assert.Equal("[0x1000, 0x2fff]", low.ToString());
    }

    [Fact]
    public void The_range_of_all_addresses_has_a_length_that_does_not_fit()
    {
        Assert.Equal((0UL, 0UL), (IovaRange.All.Length, UserRange.All.Length));
        Assert.Equal(1UL << 52, UserRange.All.PageCount);
        Assert.Equal("[0x0, 0xffffffffffffffff]", IovaRange.All.ToString());
    }

    [Theory]
    [InlineData(0x1000, 0x1000, 0)]
    [InlineData(0x0, 0x8000_0000_0000_0000, -1)]
    [InlineData(0xffff_ffff_ffff_ffff, 0x1, 1)]
    public void Addresses_are_ordered_without_a_sign(ulong left, ulong right, int expected)
    {
        Assert.Equal(expected, Math.Sign(new Iova(left).CompareTo(new Iova(right))));
        Assert.Equal(expected, Math.Sign(new UserAddress(left).CompareTo(new UserAddress(right))));
        Assert.Equal((expected < 0, expected > 0), (new Iova(left) < new Iova(right), new Iova(left) > new Iova(right)));
        Assert.Equal((expected <= 0, expected >= 0), (new UserAddress(left) <= new UserAddress(right), new UserAddress(left) >= new UserAddress(right)));
    }

    [Theory]
    [InlineData(0x1234, false, 0x1000, 0x234)]
    [InlineData(0x2000, true, 0x2000, 0)]
    [InlineData(0xffff_ffff_ffff_ffff, false, 0xffff_ffff_ffff_f000, 0xfff)]
    public void An_address_lies_somewhere_in_its_page(ulong address, bool isAligned, ulong pageStart, int offset)
    {
        Iova iova = new(address);
        UserAddress user = new(address);

        Assert.Equal((isAligned, pageStart, offset), (iova.IsPageAligned, iova.PageStart.Value, iova.PageOffset));
        Assert.Equal((isAligned, pageStart, offset), (user.IsPageAligned, user.PageStart.Value, user.PageOffset));
    }

    [Fact]
    public void An_address_that_goes_beyond_the_top_starts_again_at_0()
    {
        Assert.Equal(new Iova(0xfff), new Iova(ulong.MaxValue).PlusPages(1));
        Assert.Equal(new UserAddress(1), new UserAddress(ulong.MaxValue).Plus(2));
    }
}
