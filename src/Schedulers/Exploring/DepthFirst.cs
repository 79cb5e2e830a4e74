using Iopf.Kernel;

namespace Iopf.Schedulers;

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
    private readonly List<(int Thread, Footprint Wanted)> _pending = [];
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

    /// <summary>One: where the next schedule parts from the last one is known when that has ended.</summary>
    public int SideBySide => 1;

    /// <inheritdoc/>
    public ISchedule? Begin()
    {
        _depth = 0;
        _pending.Clear();
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
            // What the sleepers are about to do was tried elsewhere, but not after what happened here.
            _pending.AddRange(node.Sleepers);
            Ended(threads);
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
    public void Touched(int thread, string target, TouchKinds kinds)
    {
        if (reduces && _depth > 0 && _path[_depth - 1].Chosen == thread)
        {
            _path[_depth - 1].Touched.Add(target, kinds);
        }
    }

    /// <inheritdoc/>
    public void Ended(IReadOnlyList<IScheduledThread> threads)
    {
        ArgumentNullException.ThrowIfNull(threads);
        for (int i = 0; reduces && i < threads.Count; i++)
        {
            if (threads[i].IsActive && threads[i].Pending is { Target.Length: > 0 } pending)
            {
                Footprint wanted = new();
                wanted.Add(pending.Target, pending.Touches);
                _pending.Add((i, wanted));
            }
        }
    }

    /// <summary>Where two threads touched the same, the other one is wanted first as well.</summary>
    private void FindAlternatives()
    {
        int threads = 0;
        foreach (ChoiceNode node in _path)
        {
            threads = Math.Max(threads, 64 - System.Numerics.BitOperations.LeadingZeroCount(node.Enabled));
        }

        foreach ((int thread, _) in _pending)
        {
            threads = Math.Max(threads, thread + 1);
        }

        // happened[n]: the last step of each thread that happened before the end of step n. clocks: the same for each thread's own last step.
        int[][] happened = new int[_path.Count][];
        int[][] clocks = new int[threads][];
        for (int thread = 0; thread < threads; thread++)
        {
            clocks[thread] = new int[threads];
            Array.Fill(clocks[thread], -1);
        }

        for (int at = 0; at < _path.Count; at++)
        {
            int thread = _path[at].Chosen;
            clocks[thread] = happened[at] = FindRaces(thread, _path[at].Touched, at, clocks[thread], happened);
            happened[at][thread] = at;
        }

        // What threads were about to do when the run ended counts as well.
        foreach ((int thread, Footprint wanted) in _pending)
        {
            FindRaces(thread, wanted, _path.Count, clocks[thread], happened);
        }
    }

    /// <summary>Holds one step against all before it.</summary>
    /// <returns>What happened before it.</returns>
    private int[] FindRaces(int thread, Footprint touched, int at, int[] before, int[][] happened)
    {
        // A lock that was given back and taken next orders everything but the race for that lock itself.
        int[] ordered = (int[])before.Clone();
        int[] withoutLocks = (int[])before.Clone();
        for (int earlier = at - 1; earlier >= 0; earlier--)
        {
            ChoiceNode other = _path[earlier];
            if (other.Chosen == thread || !other.Touched.Conflicts(touched))
            {
                continue;
            }

            bool competes = other.Touched.CompetesWith(touched);
            bool races = other.Touched.RacesWith(touched);
            if ((competes && withoutLocks[other.Chosen] < earlier) || (races && ordered[other.Chosen] < earlier))
            {
                Want(earlier, thread, touched, at, happened);
            }

            if (competes || races)
            {
                Merge(withoutLocks, happened[earlier]);
            }

            Merge(ordered, happened[earlier]);
        }

        return ordered;
    }

    private static void Merge(int[] clock, int[] other)
    {
        for (int thread = 0; thread < clock.Length; thread++)
        {
            clock[thread] = Math.Max(clock[thread], other[thread]);
        }
    }

    private void Want(int earlier, int wanted, Footprint touched, int at, int[][] happened)
    {
        ChoiceNode node = _path[earlier];
        if ((node.Enabled >> wanted & 1) != 0)
        {
            node.Wanted |= 1UL << wanted;
            return;
        }

        // The thread could not run there: whoever has to run first so that it can, is wanted.
        for (int between = earlier + 1; between < at; between++)
        {
            int helper = _path[between].Chosen;
            if ((node.Enabled >> helper & 1) != 0 && helper != node.Chosen && IsBefore(between, wanted, touched, at, happened))
            {
                node.Wanted |= 1UL << helper;
                return;
            }
        }

        node.Wanted |= node.Enabled;
    }

    /// <summary>Whether a step has to happen before another thread's, directly or through that thread's earlier steps.</summary>
    private bool IsBefore(int between, int thread, Footprint touched, int at, int[][] happened)
    {
        if (_path[between].Touched.Conflicts(touched))
        {
            return true;
        }

        for (int own = at - 1; own > between; own--)
        {
            if (_path[own].Chosen == thread)
            {
                return happened[own][_path[between].Chosen] >= between;
            }
        }

        return false;
    }
}
