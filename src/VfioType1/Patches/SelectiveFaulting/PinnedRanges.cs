using Iopf.Kernel;

namespace Iopf.VfioType1.Patches.SelectiveFaulting;

/// <summary>The pages that a group pinned: ordered, disjoint ranges; neighbours with equal reference counts are one range.</summary>
/// <remarks>
/// Kernel: the <c>pinned_range_list</c> helpers of the posting. Taking a page out may split a range: the room for that is set aside when the page is
/// put in, so that giving a pin back cannot fail for lack of memory (E68).
/// </remarks>
internal sealed class PinnedRanges
{
    private readonly List<PinnedRange> _ranges = [];
    private int _pins;

    /// <summary>The ranges in ascending order.</summary>
    public IReadOnlyList<PinnedRange> Ranges => _ranges;

    /// <summary>Whether the group pinned anything.</summary>
    public bool IsEmpty => _ranges.Count == 0;

    /// <summary>How often a page is pinned.</summary>
    public int ReferencesOf(ulong page) => IndexOf(page) is >= 0 and int index ? _ranges[index].References : 0;

    /// <summary>Counts one more pin of a page.</summary>
    public void Add(ulong page)
    {
        _pins++;
        _ranges.EnsureCapacity((2 * _pins) + 2);
        SetReferences(page, ReferencesOf(page) + 1);
    }

    /// <summary>Counts one pin of a page less.</summary>
    /// <returns>Whether the page was pinned.</returns>
    public bool Remove(ulong page)
    {
        int references = ReferencesOf(page);
        if (references == 0)
        {
            return false;
        }

        _pins--;
        SetReferences(page, references - 1);
        return true;
    }

    /// <summary>Forgets every pin of some pages.</summary>
    public void Forget(ulong first, ulong last)
    {
        for (int index = FirstAtOrAfter(first); index < _ranges.Count && _ranges[index].First <= last; index = FirstAtOrAfter(first))
        {
            PinnedRange range = _ranges[index];
            ulong page = Math.Max(range.First, first);
            while (page <= Math.Min(range.Last, last))
            {
                _pins -= range.References;
                SetReferences(page++, 0);
            }
        }
    }

    /// <summary>The range of pages around a page that are pinned equally often or, outside every range, the gap between its neighbours.</summary>
    public (ulong First, ulong Last) Around(ulong page, ulong lastPage)
    {
        int index = IndexOf(page);
        if (index >= 0)
        {
            return (_ranges[index].First, _ranges[index].Last);
        }

        int next = ~index;
        ulong first = next > 0 ? _ranges[next - 1].Last + 1 : 0;
        ulong last = next < _ranges.Count ? _ranges[next].First - 1 : lastPage;
        return (first, last);
    }

    private void SetReferences(ulong page, int references)
    {
        int index = IndexOf(page);
        if (index >= 0)
        {
            index = CutOut(index, page);
        }
        else
        {
            index = ~index;
        }

        if (references > 0)
        {
            _ranges.Insert(index, new PinnedRange(page, 1, references));
            MergeWithNext(index);
        }

        if (index > 0)
        {
            MergeWithNext(index - 1);
        }
    }

    /// <summary>Takes one page out of a range; what is left of it stays on both sides.</summary>
    /// <returns>Where the page's own range belongs.</returns>
    private int CutOut(int index, ulong page)
    {
        PinnedRange range = _ranges[index];
        _ranges.RemoveAt(index);
        if (page < range.Last)
        {
            _ranges.Insert(index, new PinnedRange(page + 1, range.Last - page, range.References));
        }

        if (page > range.First)
        {
            _ranges.Insert(index, new PinnedRange(range.First, page - range.First, range.References));
            index++;
        }

        return index;
    }

    private void MergeWithNext(int index)
    {
        if (index + 1 >= _ranges.Count)
        {
            return;
        }

        PinnedRange left = _ranges[index];
        PinnedRange right = _ranges[index + 1];
        Invariant.Hold(left.Last < right.First, "pinned ranges are ordered and disjoint");
        if (left.Last + 1 == right.First && left.References == right.References)
        {
            _ranges[index] = left with { Count = left.Count + right.Count };
            _ranges.RemoveAt(index + 1);
        }
    }

    /// <summary>The index of the range that holds a page, or the complement of the index where one would be inserted.</summary>
    private int IndexOf(ulong page)
    {
        int index = FirstAtOrAfter(page);
        return index < _ranges.Count && _ranges[index].First <= page ? index : ~index;
    }

    private int FirstAtOrAfter(ulong page)
    {
        int low = 0;
        int high = _ranges.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_ranges[middle].Last < page)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
