namespace Iopf.VfioType1;

/// <summary>One bit for each page of a mapping: written since the log was last read.</summary>
/// <param name="pageCount">How many pages the mapping has.</param>
public sealed class DirtyBitmap(ulong pageCount)
{
    private readonly ulong[] _words = new ulong[(pageCount + 63) / 64];

    /// <summary>How many pages the mapping has.</summary>
    public ulong PageCount { get; } = pageCount;

    /// <summary>The marks, 64 pages a word, the first page in bit 0.</summary>
    public ReadOnlySpan<ulong> Words => _words;

    /// <summary>Whether a page is marked.</summary>
    /// <param name="page">Its number in the mapping.</param>
    public bool this[ulong page] => (_words[page >> 6] & (1UL << (int)(page & 63))) != 0;

    /// <summary>Marks pages.</summary>
    /// <param name="page">The number of the first one in the mapping.</param>
    /// <param name="count">How many.</param>
    public void Set(ulong page, ulong count)
    {
        for (ulong at = page; at < page + count; at++)
        {
            _words[at >> 6] |= 1UL << (int)(at & 63);
        }
    }

    /// <summary>Marks every page.</summary>
    public void SetAll()
    {
        _words.AsSpan().Fill(ulong.MaxValue);
        if ((PageCount & 63) != 0)
        {
            _words[^1] = (1UL << (int)(PageCount & 63)) - 1;
        }
    }

    /// <summary>Unmarks every page.</summary>
    public void Clear() => _words.AsSpan().Clear();
}
