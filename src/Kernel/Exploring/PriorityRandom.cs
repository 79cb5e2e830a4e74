namespace Iopf.Kernel;

/// <summary>Threads have priorities drawn by lot, and at a few points drawn by lot the running one falls behind all others.</summary>
/// <remarks>Probabilistic concurrency testing (Burckhardt et al. 2010): a bug that takes d orderings among n threads and k points is found with
/// probability at least 1/(n k^(d-1)) in each run.</remarks>
/// <param name="seed">What the schedules are drawn from.</param>
/// <param name="depth">How many orderings the bug takes; one more than the points where priorities change.</param>
public sealed class PriorityRandom(ulong seed, int depth) : IStrategy, ISchedule
{
    private readonly List<long> _priorities = [];
    private readonly HashSet<int> _changes = [];
    private Lots _lots = new(seed);
    private int _longest = 1;
    private int _points;
    private long _lowest;

    /// <inheritdoc/>
    public bool StopsAtEveryStep => false;

    /// <inheritdoc/>
    public ISchedule? Begin()
    {
        _priorities.Clear();
        _changes.Clear();
        (_points, _lowest) = (0, 0);
        for (int i = 1; i < depth; i++)
        {
            _changes.Add(_lots.Below(_longest));
        }

        return this;
    }

    /// <inheritdoc/>
    public void End(bool wasGivenUp) => _longest = Math.Max(_longest, _points);

    /// <inheritdoc/>
    public int Next(IReadOnlyList<IScheduledThread> threads, int current)
    {
        ArgumentNullException.ThrowIfNull(threads);
        while (_priorities.Count < threads.Count)
        {
            _priorities.Add((long)(_lots.Draw() >> 2) + 1);
        }

        if (_changes.Contains(_points++) && current >= 0)
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
