using System.Runtime.InteropServices;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>The DMA mappings of a container, ordered by iova; they never overlap.</summary>
/// <remarks>Kernel: the red-black tree <c>dma_list</c>. A look-up is a binary search and allocates nothing.</remarks>
public sealed class MappingTree
{
    private const int SampleShift = 6;

    private readonly List<DmaMapping> _mappings = [];

    // Their first iovas once more, close together: a search that follows a reference at each step waits for memory at each step.
    private readonly List<ulong> _firsts = [];

    // And every 64th of those: a search of many mappings decides among these, which stay in the cache, where to look.
    private readonly List<ulong> _samples = [];

    /// <summary>How many mappings there are.</summary>
    public int Count => _mappings.Count;

    /// <summary>How many mappings the look-ups so far were compared with.</summary>
    internal long Comparisons { get; private set; }

    /// <summary>A mapping by its place in the order.</summary>
    /// <param name="index">Its place, from 0.</param>
    public DmaMapping this[int index] => _mappings[index];

    /// <summary>Finds the mapping that holds an iova.</summary>
    /// <param name="iova">The iova.</param>
    /// <returns>The mapping, or <see langword="null"/>.</returns>
    public DmaMapping? Find(Iova iova) => FirstOverlapping(iova, iova);

    /// <summary>Finds the lowest mapping that shares a byte with a range.</summary>
    /// <remarks>Kernel: <c>vfio_find_dma</c>.</remarks>
    /// <param name="first">The first iova of the range.</param>
    /// <param name="last">The last iova of the range (inclusive).</param>
    /// <returns>The mapping, or <see langword="null"/>.</returns>
    public DmaMapping? FirstOverlapping(Iova first, Iova last)
    {
        for (int index = IndexEndingAtOrAfter(first); index < _firsts.Count && _firsts[index] <= last.Value; index++)
        {
            if (_mappings[index].Size > 0)
            {
                return _mappings[index];
            }
        }

        return null;
    }

    /// <summary>Links a mapping.</summary>
    /// <remarks>Kernel: <c>vfio_link_dma</c>.</remarks>
    /// <param name="mapping">A mapping that overlaps no other.</param>
    public void Add(DmaMapping mapping)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        int index = IndexStartingAtOrAfter(mapping.Iova);
        _mappings.Insert(index, mapping);
        _firsts.Insert(index, mapping.Iova.Value);
        SampleFrom(index);
    }

    /// <summary>Unlinks a mapping.</summary>
    /// <remarks>Kernel: <c>vfio_unlink_dma</c>.</remarks>
    /// <param name="mapping">A linked mapping.</param>
    public void Remove(DmaMapping mapping)
    {
        int index = IndexStartingAtOrAfter(mapping.Iova);
        Invariant.Hold(index < Count && ReferenceEquals(_mappings[index], mapping), "only a linked mapping is unlinked");
        _mappings.RemoveAt(index);
        _firsts.RemoveAt(index);
        SampleFrom(index);
    }

    /// <summary>Goes through the mappings in ascending order.</summary>
    /// <returns>The enumerator.</returns>
    public List<DmaMapping>.Enumerator GetEnumerator() => _mappings.GetEnumerator();

    private void SampleFrom(int index)
    {
        int count = (_firsts.Count + (1 << SampleShift) - 1) >> SampleShift;
        CollectionsMarshal.SetCount(_samples, count);
        for (int sample = index >> SampleShift; sample < count; sample++)
        {
            _samples[sample] = _firsts[sample << SampleShift];
        }
    }

    private int IndexStartingAtOrAfter(Iova iova)
    {
        int below = CountBelow(CollectionsMarshal.AsSpan(_samples), iova);
        if (below == 0)
        {
            return 0;
        }

        // The last sample below is one of those below itself: only what lies between it and the next is left to look at.
        int start = ((below - 1) << SampleShift) + 1;
        ReadOnlySpan<ulong> between = CollectionsMarshal.AsSpan(_firsts)[start..];
        return start + CountBelow(between[..Math.Min(between.Length, (1 << SampleShift) - 1)], iova);
    }

    private int CountBelow(ReadOnlySpan<ulong> firsts, Iova iova)
    {
        int low = 0;
        int left = firsts.Length;
        while (left > 0)
        {
            // Added up instead of branched to: no predictor knows which half it will be.
            int half = (left + 1) >> 1;
            int isBelow = firsts[low + half - 1] < iova.Value ? 1 : 0;
            low += half * isBelow;
            left -= half;
            Comparisons++;
        }

        return low;
    }

    private int IndexEndingAtOrAfter(Iova iova)
    {
        int index = IndexStartingAtOrAfter(iova);
        bool isStart = index < _firsts.Count && _firsts[index] == iova.Value;
        return !isStart && index > 0 && _mappings[index - 1] is { Size: > 0 } before && before.Range.Last >= iova ? index - 1 : index;
    }
}
