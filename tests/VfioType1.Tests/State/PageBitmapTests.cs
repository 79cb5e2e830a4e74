using Iopf.TestKit;

namespace Iopf.VfioType1.Tests.State;

public sealed class PageBitmapTests
{
    private readonly PageBitmap _bitmap = new();

    [Theory]
    [InlineData(0UL, 1UL)]
    [InlineData(63UL, 2UL)]
    [InlineData(4_095UL, 2UL)]
    [InlineData(100UL, 10_000UL)]
    public void Setting_a_run_sets_its_pages_and_no_neighbour(ulong first, ulong count)
    {
        _bitmap.Set(first, count);

        Assert.Equal(count, _bitmap.Count);
        Assert.True(_bitmap[first]);
        Assert.True(_bitmap[first + count - 1]);
        Assert.False(_bitmap[first + count]);
        Assert.False(first > 0 && _bitmap[first - 1]);
    }

    [Fact]
    public void Setting_a_set_page_counts_once()
    {
        _bitmap.Set(5, 10);
        _bitmap.Set(10, 10);

        Assert.Equal(15UL, _bitmap.Count);
    }

    [Fact]
    public void Clearing_an_empty_bitmap_changes_nothing()
    {
        _bitmap.Clear(0, 100_000);

        Assert.Equal(0UL, _bitmap.Count);
    }

    [Fact]
    public void The_next_set_page_is_found_across_leaves_that_do_not_exist()
    {
        _bitmap.Set(1_000_000, 1);

        Assert.Equal(1_000_000UL, _bitmap.NextSet(3, ulong.MaxValue >> 12));
        Assert.Null(_bitmap.NextSet(3, 999_999));
        Assert.Null(_bitmap.NextSet(1_000_001, 2_000_000));
    }

    [Fact]
    public void A_run_ends_at_the_first_clear_page_or_at_the_limit()
    {
        _bitmap.Set(60, 5_000);
        _bitmap.Clear(4_500, 1);

        Assert.Equal(4_440UL, _bitmap.RunLength(60, 10_000));
        Assert.Equal(11UL, _bitmap.RunLength(60, 70));
    }

    [Fact]
    public void It_agrees_with_a_plain_set_over_random_operations()
    {
        Random random = new(20_210_409);
        HashSet<ulong> oracle = [];
        for (int i = 0; i < 2_000; i++)
        {
            ulong first = (ulong)random.Next(20_000);
            ulong count = (ulong)random.Next(1, 300);
            bool isSet = random.Next(2) == 0;
            for (ulong page = first; page < first + count; page++)
            {
                _ = isSet ? oracle.Add(page) : oracle.Remove(page);
            }

            if (isSet)
            {
                _bitmap.Set(first, count);
            }
            else
            {
                _bitmap.Clear(first, count);
            }
        }

        List<ulong> pages = [];
        for (ulong? page = _bitmap.NextSet(0, 30_000); page is { } at; page = _bitmap.NextSet(at + 1, 30_000))
        {
            pages.Add(at);
        }

        Assert.Equal(oracle.Order(), pages);
        Assert.Equal((ulong)oracle.Count, _bitmap.Count);
    }

    [Fact]
    public void Setting_and_clearing_known_pages_allocates_nothing()
    {
        _bitmap.Set(0, 10_000);
        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                _bitmap.Clear(0, 10_000);
                _bitmap.Set(0, 10_000);
            }
        }));
    }
}
