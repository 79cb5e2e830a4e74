using System.Globalization;

namespace Iopf.Schedulers;

/// <summary>A schedule that somebody wrote: which thread runs, and up to where.</summary>
/// <remarks>
/// An entry is <c>THREAD</c> (it runs until it cannot go on or ends) or <c>THREAD@POINT</c>, optionally with <c>#N</c> (it runs until it is about to do
/// POINT, for the N-th time since the entry began). A point is <c>lock CLASS</c>, <c>unlock CLASS</c>, <c>wait NAME</c>, or the kernel function of a trace
/// step. An entry whose thread waits or ends before it comes to its point is passed over, so that one schedule serves different code. After the
/// last entry every thread runs to its end, the first made first.
/// </remarks>
/// <param name="entries">The entries.</param>
public sealed class WrittenSchedule(IReadOnlyList<string> entries) : ISchedule
{
    private int _next;
    private int _seen;

    /// <inheritdoc/>
    public int Next(IReadOnlyList<IScheduledThread> threads, int current)
    {
        ArgumentNullException.ThrowIfNull(threads);
        bool isAtPoint = current >= 0 && threads[current].IsRunnable;
        while (_next < entries.Count)
        {
            (string thread, string until, int times) = Parse(entries[_next]);
            if (isAtPoint && threads[current].Name == thread && until.Length > 0 && threads[current].Pending.Is(until) && ++_seen == times)
            {
                Advance();
                isAtPoint = false;
                continue;
            }

            int named = Runnable(threads, thread);
            if (named >= 0)
            {
                return named;
            }

            Advance();
        }

        return isAtPoint ? current : Runnable(threads, name: null);
    }

    /// <summary>Whether a text has the form of an entry.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Whether it has.</returns>
    public static bool IsEntry(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        (string thread, string until, _) = Parse(text);
        int hash = until.LastIndexOf('#');
        return thread.Length > 0 && hash < 0 && (until.Length > 0 || !text.Contains('@', StringComparison.Ordinal));
    }

    private static (string Thread, string Until, int Times) Parse(string entry)
    {
        int at = entry.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
        {
            return (entry, string.Empty, 1);
        }

        string until = entry[(at + 1)..];
        int hash = until.LastIndexOf('#');
        return hash > 0 && int.TryParse(until.AsSpan(hash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int times) && times > 0
            ? (entry[..at], until[..hash], times)
            : (entry[..at], until, 1);
    }

    private static int Runnable(IReadOnlyList<IScheduledThread> threads, string? name)
    {
        for (int i = 0; i < threads.Count; i++)
        {
            if ((name is null || threads[i].Name == name) && threads[i].IsRunnable)
            {
                return i;
            }
        }

        return -1;
    }

    private void Advance()
    {
        _next++;
        _seen = 0;
    }
}
