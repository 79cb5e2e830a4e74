namespace Iopf.Schedulers;

/// <summary>Threads have priorities drawn by lot, and at a few points drawn by lot the running one falls behind all others.</summary>
/// <remarks>Probabilistic concurrency testing (Burckhardt et al. 2010): a bug that takes d orderings among n threads and k points is found with
/// probability at least 1/(n k^(d-1)) in each run. How many points there are is known from the runs that have ended.</remarks>
/// <param name="seed">What the schedules are drawn from.</param>
/// <param name="depth">How many orderings the bug takes; one more than the points where priorities change.</param>
public sealed class PriorityRandom(ulong seed, int depth) : IStrategy
{
    private const int MostSideBySide = 32;

    private readonly Queue<Drawn> _begun = new();
    private Lots _seeds = new(seed);
    private int _longest;

    /// <summary>One as long as no run has ended; then many.</summary>
    public int SideBySide => _longest == 0 ? 1 : MostSideBySide;

    /// <inheritdoc/>
    public ISchedule? Begin()
    {
        Drawn drawn = new(_seeds.Draw(), depth, Math.Max(_longest, 1));
        _begun.Enqueue(drawn);
        return drawn;
    }

    /// <inheritdoc/>
    public void End(bool wasGivenUp) => _longest = Math.Max(_longest, _begun.Dequeue().Points);

    private sealed class Drawn : ISchedule
    {
        private readonly List<long> _priorities = [];
        private readonly HashSet<int> _changes = [];
        private Lots _lots;
        private long _lowest;

        public Drawn(ulong seed, int depth, int points)
        {
            _lots = new Lots(seed);
            for (int i = 1; i < depth; i++)
            {
                _changes.Add(_lots.Below(points));
            }
        }

        public int Points { get; private set; }

        public bool StopsAtEveryStep => false;

        public int Next(IReadOnlyList<IScheduledThread> threads, int current)
        {
            while (_priorities.Count < threads.Count)
            {
                _priorities.Add((long)(_lots.Draw() >> 2) + 1);
            }

            if (_changes.Contains(Points++) && current >= 0)
            {
                _priorities[current] = --_lowest;
            }

            int chosen = -1;
            for (int i = 0; i < threads.Count; i++)
            {
                if (threads[i].IsRunnable && (chosen < 0 || _priorities[i] > _priorities[chosen]))
                {
                    chosen = i;
                }
            }

            return chosen;
        }
    }
}
