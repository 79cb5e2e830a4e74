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
}
