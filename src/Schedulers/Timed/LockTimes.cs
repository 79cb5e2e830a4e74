namespace Iopf.Schedulers;

/// <summary>Where the time at one lock went.</summary>
/// <param name="name">The lock's name.</param>
public sealed class LockTimes(string name)
{
    // In the order of their beginnings: one pass finds the end of those that follow each other.
    private readonly List<(long From, long Until)> _holds = [];
    private long _heldSince;

    /// <summary>The lock's name.</summary>
    public string Name { get; } = name;

    /// <summary>How often it was taken exclusively.</summary>
    public long Acquisitions { get; private set; }

    /// <summary>How often somebody had to wait for it.</summary>
    public long Contentions { get; private set; }

    /// <summary>How long it was held.</summary>
    /// <value>Nanoseconds.</value>
    public long HeldNanoseconds { get; private set; }

    /// <summary>How long it was waited for.</summary>
    /// <value>Nanoseconds, all threads together.</value>
    public long WaitingNanoseconds { get; private set; }

    /// <summary>Takes the lock.</summary>
    /// <param name="now">When it is asked for.</param>
    /// <param name="nobodyBefore">A time before which nobody will ask any more.</param>
    /// <returns>When it is got.</returns>
    internal long Take(long now, long nobodyBefore)
    {
        _holds.RemoveAll(hold => hold.Until <= nobodyBefore);
        long got = now;
        foreach ((long from, long until) in _holds)
        {
            // Somebody whose turn was looked at earlier may hold it only later.
            got = from <= got && got < until ? until : got;
        }

        Acquisitions++;
        Contentions += got > now ? 1 : 0;
        WaitingNanoseconds += got - now;
        return _heldSince = got;
    }

    /// <summary>Whether it is held at a time.</summary>
    /// <param name="now">When.</param>
    /// <returns>Whether it is.</returns>
    internal bool IsHeldAt(long now) => _holds.Exists(hold => hold.From <= now && now < hold.Until);

    /// <summary>Gives it back.</summary>
    /// <param name="now">When.</param>
    internal void GiveBack(long now)
    {
        HeldNanoseconds += now - _heldSince;
        if (now > _heldSince)
        {
            _holds.Insert(_holds.FindLastIndex(hold => hold.From <= _heldSince) + 1, (_heldSince, now));
        }
    }
}
