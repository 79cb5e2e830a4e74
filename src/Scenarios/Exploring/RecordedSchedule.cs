using System.Globalization;
using Iopf.Kernel;
using Iopf.Schedulers;

namespace Iopf.Exploring;

/// <summary>Follows another schedule and remembers it, so that it can be written down.</summary>
/// <remarks>
/// A run that is still going after many times the choices that its operations can take goes on under a fair schedule: if it ends then, the other schedule was unfair;
/// if it does not, nothing ends it.
/// </remarks>
/// <param name="inner">Who decides.</param>
/// <param name="operations">How many operations its threads do, repeats counted.</param>
/// <param name="states">Told the states; <see langword="null"/> if nobody asks.</param>
internal sealed class RecordedSchedule(ISchedule inner, long operations, StateTrail? states = null) : ISchedule
{
    private const int ChoicesOfAnOperation = 200;
    private const int FewestChoices = 2_000;
    private const int MostChoices = 1_000_000;

    private readonly int _bound = (int)Math.Clamp(operations * ChoicesOfAnOperation, FewestChoices, MostChoices);
    private readonly List<Choice> _choices = [];
    private readonly List<string> _names = [];
    private readonly List<StoryStep> _stuck = [];

    /// <summary>Whether the schedule itself did not end the run, and a fair one took over.</summary>
    public bool IsUnfair => _choices.Count > _bound;

    /// <summary>How many choices there were.</summary>
    public int Length => _choices.Count;

    /// <summary>How often another thread went on than the one that ran.</summary>
    public int Switches => _choices.Count(static choice => choice.Current >= 0 && choice.Chosen != choice.Current);

    public bool StopsAtEveryStep => inner.StopsAtEveryStep;

    public int Next(IReadOnlyList<IScheduledThread> threads, int current)
    {
        for (int i = _names.Count; i < threads.Count; i++)
        {
            _names.Add(threads[i].Name);
        }

        states?.Reached();
        if (_choices.Count == 2 * _bound)
        {
            string busy = string.Join(", ", threads.Where(static thread => thread.IsActive).Select(static thread => $"{thread.Name} at {thread.Pending.Text}"));
            throw new DeadlockException(Trouble.LivelockOf($"{busy}: still going after {_bound} choices of a fair schedule")) { Promise = "R1" };
        }

        int chosen = _choices.Count < _bound ? inner.Next(threads, current) : AfterOne(threads, current);
        bool couldStay = current >= 0 && threads[current].IsRunnable;
        string next = chosen >= 0 ? threads[chosen].Pending.Text : string.Empty;
        _choices.Add(new Choice(current, couldStay, couldStay ? threads[current].Pending : default, chosen, next));
        return chosen;
    }

    public void Touched(int thread, string target, TouchKinds kinds)
    {
        states?.Touched(thread, target, (kinds & (TouchKinds.Writes | TouchKinds.Takes | TouchKinds.Gives)) == 0);
        if (!IsUnfair)
        {
            inner.Touched(thread, target, kinds);
        }
    }

    public void Ended(IReadOnlyList<IScheduledThread> threads)
    {
        for (int i = 0; i < threads.Count; i++)
        {
            if (threads[i].IsActive && !threads[i].IsRunnable)
            {
                _stuck.Add(new StoryStep(i, $"STUCK: {threads[i].Pending.Text}"));
            }
        }

        inner.Ended(threads);
    }

    /// <summary>Who did what, one after another; then what those wait for who got no further.</summary>
    public Story Story => new(
        [.. _names], [.. _choices.Where(static choice => choice.Chosen >= 0).Select(static choice => new StoryStep(choice.Chosen, choice.Next)), .. _stuck]);

    /// <summary>The schedule as the entries of a scenario's <c>parallel</c>.</summary>
    public IReadOnlyList<string> Entries()
    {
        List<string> entries = [];
        Dictionary<string, int> seen = [];
        int running = -1;
        foreach (Choice choice in _choices)
        {
            string point = "";
            if (choice.CouldStay && choice.Current == running)
            {
                point = choice.Pending.Text;
                seen[point] = seen.GetValueOrDefault(point) + 1;
            }

            if (choice.Chosen == running && choice.Current == running)
            {
                continue;
            }

            if (running >= 0)
            {
                entries.Add(Entry(_names[running], point, seen.GetValueOrDefault(point)));
            }

            running = choice.Chosen;
            seen.Clear();
        }

        if (running >= 0)
        {
            entries.Add(_names[running]);
        }

        return entries;
    }

    private static int AfterOne(IReadOnlyList<IScheduledThread> threads, int current)
    {
        int next = current;
        do
        {
            next = (next + 1) % threads.Count;
        }
        while (!threads[next].IsRunnable);
        return next;
    }

    private static string Entry(string thread, string point, int times) => point.Length == 0
        ? thread
        : times == 1 ? $"{thread}@{point}" : string.Create(CultureInfo.InvariantCulture, $"{thread}@{point}#{times}");

    private readonly record struct Choice(int Current, bool CouldStay, SchedulePoint Pending, int Chosen, string Next);
}
