using Iopf.VfioType1.Patches.SelectiveFaulting;

namespace Iopf.VfioType1.Tests.Patches.SelectiveFaulting;

public sealed class PinnedRangesTests
{
    private readonly PinnedRanges _ranges = new();

    [Fact]
    public void Neighbours_pinned_equally_often_are_one_range()
    {
        _ranges.Add(5);
        _ranges.Add(7);
        _ranges.Add(6);

        Assert.Equal([new PinnedRange(5, 3, 1)], _ranges.Ranges);
    }

    [Fact]
    public void Pinning_inside_a_range_splits_it()
    {
        Pin(1, 2, 3, 4, 5);

        _ranges.Add(3);

        Assert.Equal([new PinnedRange(1, 2, 1), new PinnedRange(3, 1, 2), new PinnedRange(4, 2, 1)], _ranges.Ranges);
    }

    [Fact]
    public void Giving_the_second_pin_back_merges_the_range_again()
    {
        Pin(1, 2, 3, 4, 5, 3);

        Assert.True(_ranges.Remove(3));

        Assert.Equal([new PinnedRange(1, 5, 1)], _ranges.Ranges);
    }

    [Fact]
    public void Giving_back_a_page_that_is_not_pinned_is_refused_and_changes_nothing()
    {
        Pin(1, 2);

        Assert.False(_ranges.Remove(3));

        Assert.Equal([new PinnedRange(1, 2, 1)], _ranges.Ranges);
    }

    [Fact]
    public void Around_a_pinned_page_is_its_range_and_around_another_page_the_gap()
    {
        Pin(10, 11, 20);

        Assert.Equal((10UL, 11UL), _ranges.Around(11, 1_000));
        Assert.Equal((12UL, 19UL), _ranges.Around(15, 1_000));
        Assert.Equal((0UL, 9UL), _ranges.Around(3, 1_000));
        Assert.Equal((21UL, 1_000UL), _ranges.Around(500, 1_000));
    }

    [Fact]
    public void Forgetting_drops_every_pin_of_the_pages_and_keeps_the_rest()
    {
        Pin(1, 2, 3, 3, 4, 9);

        _ranges.Forget(2, 8);

        Assert.Equal([new PinnedRange(1, 1, 1), new PinnedRange(9, 1, 1)], _ranges.Ranges);
    }

    [Fact]
    public void It_agrees_with_a_plain_count_over_random_pins_and_unpins_and_stays_canonical()
    {
        Random random = new(7);
        Dictionary<ulong, int> oracle = [];
        for (int i = 0; i < 20_000; i++)
        {
            ulong page = (ulong)random.Next(200);
            if (random.Next(5) < 3)
            {
                _ranges.Add(page);
                oracle[page] = oracle.GetValueOrDefault(page) + 1;
            }
            else
            {
                bool wasPinned = oracle.TryGetValue(page, out int count) && count > 0;
                Assert.Equal(wasPinned, _ranges.Remove(page));
                oracle[page] = wasPinned ? count - 1 : 0;
            }
        }

        Assert.All(Enumerable.Range(0, 200), page => Assert.Equal(oracle.GetValueOrDefault((ulong)page), _ranges.ReferencesOf((ulong)page)));
        Assert.All(
            _ranges.Ranges.Zip(_ranges.Ranges.Skip(1)),
            pair => Assert.True(
                pair.First.Last < pair.Second.First
                && (pair.First.Last + 1 < pair.Second.First || pair.First.References != pair.Second.References)));
    }

    private void Pin(params ulong[] pages)
    {
        foreach (ulong page in pages)
        {
            _ranges.Add(page);
        }
    }
}
