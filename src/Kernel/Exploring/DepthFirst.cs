namespace Iopf.Kernel;

/// <summary>Every schedule, or with the reduction one of each set of schedules that differ only in the order of what nobody can notice.</summary>
/// <remarks>
/// Stateless: each run repeats the choices up to the last one that has an alternative. Reduction: dynamic partial order (Flanagan and Godefroid 2005) with
/// sleep sets. What two transitions have in common is known from locks, queues, marked accesses and the hardware, which
/// <see cref="ISchedule.Touched"/> reports.
/// </remarks>
/// <param name="reduces">Whether to leave out schedules that nobody can tell apart.</param>
/// <param name="preemptions">At most so many times a thread that could go on is stopped; without the reduction only.</param>
public sealed class DepthFirst(bool reduces, int preemptions = int.MaxValue) : IStrategy, ISchedule
{
    private readonly List<ChoiceNode> _path = [];
    private readonly List<(int Thread, SchedulePoint Pending)> _blocked = [];
    private int _depth;
    private bool _isExhausted;

    /// <summary>How many choices the longest run had so far.</summary>
    public int LongestRun { get; private set; }

    /// <summary>The share of the schedules that is known to be done, if every alternative leads to as many as the others.</summary>
    public double ShareDone
    {
        get
        {
            double done = 0;
            double width = 1;
            foreach (ChoiceNode node in _path)
            {
                int alternatives = Math.Max(1, System.Numerics.BitOperations.PopCount(node.Wanted | node.Done));
                width /= alternatives;
                done += width * Math.Max(0, System.Numerics.BitOperations.PopCount(node.Done) - 1);
            }

            return _isExhausted ? 1 : Math.Min(done, 1);
        }
    }

    /// <inheritdoc/>
    public bool StopsAtEveryStep => false;

    /// <inheritdoc/>
    public ISchedule? Begin()
    {
        _depth = 0;
        return _isExhausted ? null : this;
    }

    /// <inheritdoc/>
    public void End(bool wasGivenUp)
    {
        LongestRun = Math.Max(LongestRun, _depth);
        _path.RemoveRange(_depth, _path.Count - _depth);
        if (reduces)
        {
            FindAlternatives();
        }

        while (_path.Count > 0 && _path[^1].Left == 0)
        {
            _path.RemoveAt(_path.Count - 1);
        }

        _isExhausted = _path.Count == 0;
        if (!_isExhausted)
        {
            _path[^1].Turn(System.Numerics.BitOperations.TrailingZeroCount(_path[^1].Left));
        }
    }

    /// <inheritdoc/>
    public int Next(IReadOnlyList<IScheduledThread> threads, int current)
    {
        ArgumentNullException.ThrowIfNull(threads);
        NoteBlocked(threads);
        if (_depth < _path.Count)
        {
            return _path[_depth++].Chosen;
        }

        ulong enabled = 0;
        for (int i = 0; i < threads.Count; i++)
        {
            enabled |= threads[i].IsRunnable ? 1UL << i : 0;
        }

        Invariant.Hold(threads.Count <= 64, "at most 64 threads are explored");
        ChoiceNode? parent = _path.Count > 0 ? _path[^1] : null;
        ChoiceNode node = new(enabled);
        node.InheritSleep(parent, reduces);
        ulong awake = enabled & ~node.Sleeping;
        if (awake == 0)
        {
            return -1;
        }

        bool canStay = current >= 0 && (awake >> current & 1) != 0;
        node.Preemptions = (parent?.Preemptions ?? 0) + (parent?.LastWasPreemption ?? 0);
        node.Stays = current >= 0 && (enabled >> current & 1) != 0 ? current : -1;
        node.Turn(canStay ? current : System.Numerics.BitOperations.TrailingZeroCount(awake));
        if (!reduces)
        {
            node.Wanted = node.Stays >= 0 && node.Preemptions >= preemptions ? 1UL << node.Stays : enabled;
        }

        _path.Add(node);
        _depth++;
        return node.Chosen;
    }

    /// <inheritdoc/>
    public void Touched(int thread, string target, bool writes)
    {
        if (reduces && _depth > 0 && _path[_depth - 1].Chosen == thread)
        {
            _path[_depth - 1].Touched.Add(target, writes);
        }
    }

    /// <summary>Where two threads touched the same, the other one is wanted first as well.</summary>
    private void FindAlternatives()
    {
        // before[t]: the last transition of each thread that happens before the next one of thread t.
        Dictionary<int, int[]> clocks = [];
        int[][] happened = new int[_path.Count][];
        int threads = 0;
        foreach (ChoiceNode node in _path)
        {
            threads = Math.Max(threads, 64 - System.Numerics.BitOperations.LeadingZeroCount(node.Enabled));
        }

        for (int at = 0; at < _path.Count; at++)
        {
            ChoiceNode node = _path[at];
            int[] own = clocks.TryGetValue(node.Chosen, out int[]? known) ? known : Never(threads);
            int[] clock = (int[])own.Clone();
            for (int earlier = at - 1; earlier >= 0; earlier--)
            {
                ChoiceNode other = _path[earlier];
                if (other.Chosen == node.Chosen || !other.Touched.Conflicts(node.Touched))
                {
                    continue;
                }

                // Not ordered by anything before: the other order is another schedule.
                if (clock[other.Chosen] < earlier)
                {
                    Want(earlier, at, happened);
                }

                for (int thread = 0; thread < threads; thread++)
                {
                    clock[thread] = Math.Max(clock[thread], happened[earlier][thread]);
                }
            }

            clock[node.Chosen] = at;
            happened[at] = clock;
            clocks[node.Chosen] = clock;
        }

        // What a thread was about to do when nobody could go on counts as well.
        foreach ((int thread, SchedulePoint pending) in _blocked)
        {
            Footprint wanted = new();
            wanted.Add(pending.Target, pending.Kind != PointKind.LockShared);
            int[] clock = clocks.TryGetValue(thread, out int[]? known) ? (int[])known.Clone() : Never(threads);
            for (int earlier = _path.Count - 1; earlier >= 0; earlier--)
            {
                ChoiceNode other = _path[earlier];
                if (other.Chosen != thread && other.Touched.Conflicts(wanted) && clock[other.Chosen] < earlier)
                {
                    other.Wanted |= (other.Enabled >> thread & 1) != 0 ? 1UL << thread : other.Enabled;
                    break;
                }
            }
        }
    }

    private void NoteBlocked(IReadOnlyList<IScheduledThread> threads)
    {
        _blocked.Clear();
        for (int i = 0; reduces && i < threads.Count; i++)
        {
            SchedulePoint pending = threads[i].Pending;
            if (!threads[i].IsRunnable && pending.Kind is (PointKind.Lock or PointKind.LockShared or PointKind.Wait))
            {
                _blocked.Add((i, pending));
            }
        }
    }

    private static int[] Never(int threads)
    {
        int[] clock = new int[threads];
        Array.Fill(clock, -1);
        return clock;
    }

    private void Want(int earlier, int later, int[][] happened)
    {
        ChoiceNode node = _path[earlier];
        int wanted = _path[later].Chosen;
        if ((node.Enabled >> wanted & 1) != 0)
        {
            node.Wanted |= 1UL << wanted;
            return;
        }

        // The thread could not run there: whoever has to run first so that it can, is wanted.
        for (int between = earlier + 1; between < later; between++)
        {
            int helper = _path[between].Chosen;
            if ((node.Enabled >> helper & 1) != 0 && happened[between] is { } clock && helper != node.Chosen && IsBefore(clock, between, later))
            {
                node.Wanted |= 1UL << helper;
                return;
            }
        }

        node.Wanted |= node.Enabled;
    }

    private bool IsBefore(int[] clock, int between, int later) =>
        clock.Length > 0 && _path[between].Touched.Conflicts(_path[later].Touched);
}
