namespace Iopf.Schedulers;

/// <summary>Who acts when: the earliest first, at the same time who goes on before who begins, then in the order of asking.</summary>
internal sealed class Calendar
{
    private readonly PriorityQueue<ITimedActor, Place> _entries = new();
    private long _count;

    /// <summary>The time of the next entry; <see cref="long.MaxValue"/> if there is none.</summary>
    public long Next => _entries.TryPeek(out _, out Place place) ? place.Time : long.MaxValue;

    /// <summary>Enters an actor.</summary>
    /// <param name="actor">Who.</param>
    /// <param name="time">When.</param>
    /// <param name="goesOn">Whether it goes on with something.</param>
    public void Add(ITimedActor actor, long time, bool goesOn) => _entries.Enqueue(actor, new Place(time, goesOn ? 0 : 1, _count++));

    /// <summary>Takes the next entry.</summary>
    /// <param name="actor">Who.</param>
    /// <param name="time">When.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryTake(out ITimedActor actor, out long time)
    {
        bool isTaken = _entries.TryDequeue(out ITimedActor? next, out Place place);
        (actor, time) = (next!, place.Time);
        return isTaken;
    }

    private readonly record struct Place(long Time, int Rank, long Number) : IComparable<Place>
    {
        public int CompareTo(Place other)
        {
            int byTime = Time.CompareTo(other.Time);
            int byRank = byTime != 0 ? byTime : Rank.CompareTo(other.Rank);
            return byRank != 0 ? byRank : Number.CompareTo(other.Number);
        }
    }
}
