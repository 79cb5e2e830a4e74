using System.Numerics;

namespace Iopf.VfioType1;

/// <summary>One bit for each page of a mapping, stored only where bits are set.</summary>
/// <remarks>
/// Two levels: a leaf of 4096 bits is allocated when its first bit is set and kept for reuse, so that an idle mapping costs nothing and
/// setting, clearing and scanning never allocate in steady state.
/// </remarks>
public sealed class PageBitmap
{
    private const int LeafShift = 12;
    private const int LeafWords = 1 << (LeafShift - 6);
    private ulong[]?[] _leaves = [];

    /// <summary>How many bits are set.</summary>
    public ulong Count { get; private set; }

    /// <summary>How many bytes its leaves take.</summary>
    public long Bytes
    {
        get
        {
            long leaves = 0;
            foreach (ulong[]? leaf in _leaves)
            {
                leaves += leaf is null ? 0 : 1;
            }

            return leaves * LeafWords * sizeof(ulong);
        }
    }

    /// <summary>Whether a page's bit is set.</summary>
    /// <param name="page">The page's number, counted from the start of the mapping.</param>
    public bool this[ulong page]
    {
        get
        {
            ulong leaf = page >> LeafShift;
            return leaf < (ulong)_leaves.Length
                && _leaves[leaf] is { } words
                && (words[WordOf(page)] & (1UL << (int)(page & 63))) != 0;
        }
    }

    /// <summary>Sets the bits of a run of pages.</summary>
    /// <param name="page">The first page.</param>
    /// <param name="count">How many pages.</param>
    public void Set(ulong page, ulong count)
    {
        while (count > 0)
        {
            ulong[] words = LeafFor(page >> LeafShift);
            (int word, ulong mask, ulong taken) = Cut(page, count);
            Count += (ulong)BitOperations.PopCount(mask & ~words[word]);
            words[word] |= mask;
            page += taken;
            count -= taken;
        }
    }

    /// <summary>Clears the bits of a run of pages.</summary>
    /// <param name="page">The first page.</param>
    /// <param name="count">How many pages.</param>
    public void Clear(ulong page, ulong count)
    {
        while (count > 0)
        {
            (int word, ulong mask, ulong taken) = Cut(page, count);
            ulong leaf = page >> LeafShift;
            if (leaf < (ulong)_leaves.Length && _leaves[leaf] is { } words)
            {
                Count -= (ulong)BitOperations.PopCount(mask & words[word]);
                words[word] &= ~mask;
            }

            page += taken;
            count -= taken;
        }
    }

    /// <summary>Clears every bit.</summary>
    public void ClearAll()
    {
        foreach (ulong[]? words in Count == 0 ? [] : _leaves)
        {
            words?.AsSpan().Clear();
        }

        Count = 0;
    }

    /// <summary>Finds the next page whose bit is set.</summary>
    /// <param name="page">Where to start looking.</param>
    /// <param name="last">Where to stop looking (inclusive).</param>
    /// <returns>The page, or <see langword="null"/>.</returns>
    public ulong? NextSet(ulong page, ulong last)
    {
        while (page <= last && (page >> LeafShift) < (ulong)_leaves.Length)
        {
            if (_leaves[page >> LeafShift] is not { } words)
            {
                page = ((page >> LeafShift) + 1) << LeafShift;
                continue;
            }

            ulong rest = words[WordOf(page)] >> (int)(page & 63);
            if (rest != 0)
            {
                page += (ulong)BitOperations.TrailingZeroCount(rest);
                return page <= last ? page : null;
            }

            page = (page | 63) + 1;
        }

        return null;
    }

    /// <summary>Finds the end of a run of set bits.</summary>
    /// <param name="page">A page whose bit is set.</param>
    /// <param name="last">Where to stop looking (inclusive).</param>
    /// <returns>How many bits in a row are set, from <paramref name="page"/> on.</returns>
    public ulong RunLength(ulong page, ulong last)
    {
        ulong at = page;
        while (at <= last && (at >> LeafShift) < (ulong)_leaves.Length && _leaves[at >> LeafShift] is { } words)
        {
            ulong clear = ~words[WordOf(at)] >> (int)(at & 63);
            if (clear != 0)
            {
                at += (ulong)BitOperations.TrailingZeroCount(clear);
                break;
            }

            at = (at | 63) + 1;
        }

        return Math.Min(at, last + 1) - page;
    }

    private static int WordOf(ulong page) => (int)((page >> 6) & (LeafWords - 1));

    /// <summary>The part of a run that lies in one word.</summary>
    private static (int Word, ulong Mask, ulong Taken) Cut(ulong page, ulong count)
    {
        int bit = (int)(page & 63);
        ulong taken = Math.Min(count, 64 - (ulong)bit);
        ulong mask = (taken == 64 ? ulong.MaxValue : (1UL << (int)taken) - 1) << bit;
        return (WordOf(page), mask, taken);
    }

    private ulong[] LeafFor(ulong leaf)
    {
        if (leaf >= (ulong)_leaves.Length)
        {
            Array.Resize(ref _leaves, checked((int)Math.Max(leaf + 1, (ulong)_leaves.Length * 2)));
        }

        return _leaves[leaf] ??= new ulong[LeafWords];
    }
}
