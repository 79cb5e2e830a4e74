namespace Iopf.Density;

/// <summary>What is going to happen, in the order of virtual time; what falls together happens in the order in which it was noted.</summary>
internal sealed class Agenda
{
    private readonly PriorityQueue<(DensityEvent What, DensityGuest Guest), (long At, long Number)> _entries = new();
    private long _noted;

    /// <summary>The virtual time, in nanoseconds.</summary>
    public long Now { get; private set; }

    /// <summary>Notes something.</summary>
    /// <param name="at">When, in nanoseconds; not in the past.</param>
    /// <param name="what">What.</param>
    /// <param name="guest">To which guest.</param>
    public void Note(long at, DensityEvent what, DensityGuest guest) => _entries.Enqueue((what, guest), (at, _noted++));

    /// <summary>When the next entry happens.</summary>
    /// <returns>Nanoseconds.</returns>
    public long NextAt() => _entries.TryPeek(out _, out (long At, long Number) first) ? first.At : long.MaxValue;

    /// <summary>Goes to the next entry.</summary>
    /// <returns>What happens, and to which guest.</returns>
    public (DensityEvent What, DensityGuest Guest) Next()
    {
        _entries.TryDequeue(out (DensityEvent What, DensityGuest Guest) entry, out (long At, long Number) first);
        Now = first.At;
        return entry;
    }
}
