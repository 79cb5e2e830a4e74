using System.Globalization;
using Iopf.Kernel;

namespace Iopf.Exploring;

/// <summary>Follows another schedule and remembers it, so that it can be written down.</summary>
/// <param name="inner">Who decides.</param>
internal sealed class RecordedSchedule(ISchedule inner) : ISchedule
{
    // Many times more than any run of a small scenario takes.
    private const int MostChoices = 20_000;

    private readonly List<Choice> _choices = [];
    private readonly List<string> _names = [];

    /// <summary>Whether the run was given up because it would not end: under an unfair schedule a thread may wait for another for ever.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>How many choices there were.</summary>
    public int Length => _choices.Count;

    /// <summary>How often another thread went on although the running one could have.</summary>
    public int Preemptions => _choices.Count(choice => choice.CouldStay && choice.Chosen != choice.Current);

    public bool StopsAtEveryStep => inner.StopsAtEveryStep;

    public int Next(IReadOnlyList<IScheduledThread> threads, int current)
    {
        int chosen = inner.Next(threads, current);
        for (int i = _names.Count; i < threads.Count; i++)
        {
            _names.Add(threads[i].Name);
        }

        if (_choices.Count == MostChoices)
        {
            IsTooLong = true;
            return -1;
        }

        bool couldStay = current >= 0 && threads[current].IsRunnable;
        _choices.Add(new Choice(current, couldStay, couldStay ? threads[current].Pending : default, chosen));
        return chosen;
    }

    public void Touched(int thread, string target, TouchKinds kinds) => inner.Touched(thread, target, kinds);

    public void Ended(IReadOnlyList<IScheduledThread> threads) => inner.Ended(threads);

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

    private static string Entry(string thread, string point, int times) => point.Length == 0
        ? thread
        : times == 1 ? $"{thread}@{point}" : string.Create(CultureInfo.InvariantCulture, $"{thread}@{point}#{times}");

    private readonly record struct Choice(int Current, bool CouldStay, SchedulePoint Pending, int Chosen);
}
