using Iopf.Kernel;

namespace Iopf.Schedulers.Tests.Exploring;

/// <summary>A small program with threads, run again and again under the schedules of a strategy.</summary>
internal sealed class PlantedProgram
{
    private readonly Func<ControlledScheduler, (KeyValuePair<string, Action>[] Threads, Func<string> Outcome)> _make;

    public PlantedProgram(Func<ControlledScheduler, (KeyValuePair<string, Action>[] Threads, Func<string> Outcome)> make) => _make = make;

    /// <summary>How many runs it took.</summary>
    public long Runs { get; private set; }

    /// <summary>How many of them were given up because others show the same.</summary>
    public long GivenUp { get; private set; }

    /// <summary>What the runs came to.</summary>
    public SortedSet<string> Outcomes { get; } = new(StringComparer.Ordinal);

    public static KeyValuePair<string, Action> Thread(string name, Action body) => new(name, body);

    public PlantedProgram Explore(IStrategy strategy, long most = long.MaxValue)
    {
        while (Runs < most && strategy.Begin() is { } schedule)
        {
            Runs++;
            ControlledScheduler scheduler = new();
            (KeyValuePair<string, Action>[] threads, Func<string> outcome) = _make(scheduler);
            bool wasGivenUp = false;
            try
            {
                scheduler.RunThreads(threads, schedule);
                Outcomes.Add(outcome());
            }
            catch (DeadlockException deadlock)
            {
                Outcomes.Add($"deadlock {deadlock.Promise}");
            }
            catch (RunGivenUpException)
            {
                wasGivenUp = true;
                GivenUp++;
            }

            strategy.End(wasGivenUp);
        }

        return this;
    }
}
