namespace Iopf.VfioType1.Patches.SelectiveFaulting;

/// <summary>How many nodes the posted list of ranges allocates when the count of one page changes (E68).</summary>
/// <remarks>Kernel: <c>vfio_add_to_range_list</c>, <c>vfio_remove_from_range_list</c>.</remarks>
internal static class PostedRangeNodes
{
    /// <summary>To raise a page's count.</summary>
    public static int ToAdd(IReadOnlyList<PinnedRange> ranges, ulong page)
    {
        int index = IndexOf(ranges, page);
        if (index < ranges.Count && ranges[index].First <= page)
        {
            return ToChange(ranges, index, page, ranges[index].References + 1);
        }

        bool joins = (index > 0 && ranges[index - 1].Last + 1 == page && ranges[index - 1].References == 1)
            || (index < ranges.Count && ranges[index].First == page + 1 && ranges[index].References == 1);
        return joins ? 0 : 1;
    }

    /// <summary>To lower a page's count.</summary>
    public static int ToRemove(IReadOnlyList<PinnedRange> ranges, ulong page)
    {
        int index = IndexOf(ranges, page);
        return index < ranges.Count && ranges[index].First <= page ? ToChange(ranges, index, page, ranges[index].References - 1) : 0;
    }

    /// <summary>A page in the middle of a range leaves a piece on each side; at an edge it may join its neighbour.</summary>
    private static int ToChange(IReadOnlyList<PinnedRange> ranges, int index, ulong page, int references)
    {
        PinnedRange range = ranges[index];
        if (range.Count == 1)
        {
            return 0;
        }

        bool isFirst = page == range.First;
        bool isLast = page == range.Last;
        if (!isFirst && !isLast)
        {
            return references == 0 ? 1 : 2;
        }

        bool joinsLeft = isFirst && index > 0 && ranges[index - 1].Last + 1 == page && ranges[index - 1].References == references;
        bool joinsRight = isLast && index + 1 < ranges.Count && ranges[index + 1].First == page + 1 && ranges[index + 1].References == references;
        return references == 0 || joinsLeft || joinsRight ? 0 : 1;
    }

    /// <summary>The first range that ends at a page or after it.</summary>
    private static int IndexOf(IReadOnlyList<PinnedRange> ranges, ulong page)
    {
        int index = 0;
        while (index < ranges.Count && ranges[index].Last < page)
        {
            index++;
        }

        return index;
    }
}
