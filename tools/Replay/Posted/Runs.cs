namespace Iopf.Replay.Posted;

/// <summary>Neighbouring pages that can be written as one entry.</summary>
internal static class Runs
{
    /// <summary>Joins neighbours.</summary>
    /// <typeparam name="T">What is known of a page.</typeparam>
    /// <param name="pages">The pages in ascending order.</param>
    /// <param name="continues">Whether the second page continues the first, whose number is one less.</param>
    /// <returns>Each run: its first page, its length, and what is known of the first page.</returns>
    public static IEnumerable<(ulong First, ulong Count, T Value)> Of<T>(IEnumerable<KeyValuePair<ulong, T>> pages, Func<T, T, bool> continues)
    {
        (ulong First, ulong Count, T Value)? run = null;
        T last = default!;
        foreach ((ulong page, T value) in pages)
        {
            if (run is { } open && open.First + open.Count == page && continues(last, value))
            {
                run = open with { Count = open.Count + 1 };
            }
            else
            {
                if (run is { } closed)
                {
                    yield return closed;
                }

                run = (page, 1, value);
            }

            last = value;
        }

        if (run is { } end)
        {
            yield return end;
        }
    }
}
