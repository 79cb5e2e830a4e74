namespace Iopf.Schedulers;

/// <summary>One choice on the way of a depth-first search.</summary>
internal sealed class ChoiceNode(ulong enabled)
{
    private readonly Dictionary<int, Footprint> _tried = [];
    private readonly Dictionary<int, Footprint> _asleep = [];

    public ulong Enabled { get; } = enabled;

    public ulong Wanted { get; set; }

    public ulong Done { get; private set; }

    public int Chosen { get; private set; }

    public int Stays { get; set; } = -1;

    public int Preemptions { get; set; }

    public int LastWasPreemption => Stays >= 0 && Chosen != Stays ? 1 : 0;

    public ulong Sleeping
    {
        get
        {
            ulong sleeping = 0;
            foreach (int thread in _asleep.Keys)
            {
                sleeping |= 1UL << thread;
            }

            return sleeping;
        }
    }

    /// <summary>The threads that need not be tried again, each with what it is about to do.</summary>
    public IEnumerable<(int Thread, Footprint Step)> Sleepers => _asleep.Select(static sleeper => (sleeper.Key, sleeper.Value));

    public Footprint Touched => _tried[Chosen];

    public ulong Left => Wanted & ~Done & ~Sleeping;

    public void Turn(int thread)
    {
        Chosen = thread;
        Wanted |= 1UL << thread;
        Done |= 1UL << thread;
        _tried[thread] = new Footprint();
    }

    /// <summary>A thread whose turn was tried before need not be tried again until something it touches is touched.</summary>
    public void InheritSleep(ChoiceNode? parent, bool reduces)
    {
        if (parent is null || !reduces)
        {
            return;
        }

        Footprint step = parent.Touched;
        foreach ((int thread, Footprint footprint) in parent._asleep)
        {
            Keep(thread, footprint, step);
        }

        foreach ((int thread, Footprint footprint) in parent._tried)
        {
            if (thread != parent.Chosen)
            {
                Keep(thread, footprint, step);
            }
        }
    }

    private void Keep(int thread, Footprint footprint, Footprint step)
    {
        if (!footprint.Conflicts(step))
        {
            _asleep[thread] = footprint;
        }
    }
}
