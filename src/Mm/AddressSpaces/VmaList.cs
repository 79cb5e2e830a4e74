using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>The memory areas of an address space, ordered and disjoint.</summary>
/// <remarks>Kernel: <c>mm->mmap</c> and <c>mm->mm_rb</c>.</remarks>
internal sealed class VmaList
{
    private readonly List<Vma> _areas = [];
    private Vma? _lastFound;

    public int Count => _areas.Count;

    public Vma this[int index] => _areas[index];

    /// <summary>The area that holds an address.</summary>
    public Vma? Find(UserAddress address)
    {
        if (_lastFound is { } last && last.Range.Contains(address))
        {
            return last;
        }

        int index = IndexFrom(address);
        if (index < _areas.Count && _areas[index].Range.Contains(address))
        {
            return _lastFound = _areas[index];
        }

        return null;
    }

    /// <summary>The place of the first area that ends at or after an address; <see cref="Count"/> if there is none.</summary>
    /// <remarks>Kernel: <c>find_vma</c>.</remarks>
    public int IndexFrom(UserAddress address)
    {
        int low = 0;
        int high = _areas.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_areas[middle].Range.Last < address)
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

    public bool Overlaps(UserRange range)
    {
        int index = IndexFrom(range.First);
        return index < _areas.Count && _areas[index].Range.First <= range.Last;
    }

    /// <summary>Whether every byte of a range belongs to an area.</summary>
    public bool Covers(UserRange range)
    {
        UserAddress next = range.First;
        for (int i = IndexFrom(range.First); i < _areas.Count && _areas[i].Range.First <= next; i++)
        {
            if (_areas[i].Range.Last >= range.Last)
            {
                return true;
            }

            next = _areas[i].Range.Last.Plus(1);
        }

        return false;
    }

    /// <summary>Adds an area where there was none, and joins it with its neighbours if they are alike.</summary>
    public void Add(Vma area)
    {
        Invariant.Hold(!Overlaps(area.Range), "memory areas are disjoint");
        int index = IndexFrom(area.Range.First);
        _areas.Insert(index, area);
        Join(index, index);
    }

    /// <summary>Splits the areas that a range cuts, so that every area is inside the range or outside.</summary>
    /// <remarks>Kernel: <c>split_vma</c> at both ends.</remarks>
    public void SplitAt(UserRange range)
    {
        SplitBefore(range.First);
        if (range.Last.Value != ulong.MaxValue)
        {
            SplitBefore(range.Last.Plus(1));
        }
    }

    /// <summary>Takes the areas inside a range out of the list; it must have been split at the edges.</summary>
    public void Remove(UserRange range)
    {
        _lastFound = null;
        int index = IndexFrom(range.First);
        while (index < _areas.Count && _areas[index].Range.First <= range.Last)
        {
            _areas.RemoveAt(index);
        }
    }

    /// <summary>Joins neighbours that became alike, from the area before a range to the one after it.</summary>
    /// <remarks>Kernel: <c>vma_merge</c>.</remarks>
    public void JoinAround(UserRange range)
    {
        int first = IndexFrom(range.First);
        int last = Math.Min(IndexFrom(range.Last), _areas.Count - 1);
        if (first < _areas.Count)
        {
            Join(first, last);
        }
    }

    private void SplitBefore(UserAddress address)
    {
        int index = IndexFrom(address);
        if (index == _areas.Count || _areas[index].Range.First >= address)
        {
            return;
        }

        Vma area = _areas[index];
        UserRange tail = new(address, area.Range.Last);
        _areas.Insert(index + 1, area.Part(tail, address));
        area.Range = new UserRange(area.Range.First, new UserAddress(address.Value - 1));
        _lastFound = null;
    }

    private void Join(int first, int last)
    {
        _lastFound = null;
        for (int i = Math.Min(last + 1, _areas.Count - 1); i > 0 && i >= first; i--)
        {
            Vma before = _areas[i - 1];
            Vma area = _areas[i];
            if (before.ContinuesIn(area))
            {
                before.Range = new UserRange(before.Range.First, area.Range.Last);
                before.HasAnonymousPages |= area.HasAnonymousPages;
                _areas.RemoveAt(i);
            }
        }
    }
}
