using Iopf.Kernel;
using Iopf.Schedulers;

namespace Iopf.Benchmarks;

/// <summary>Two kernel threads that take two mutexes in opposite order, under schedule after schedule.</summary>
internal static class OppositeOrder
{
    /// <summary>Runs them under the schedules of a strategy.</summary>
    /// <param name="strategy">The strategy.</param>
    /// <param name="most">How many schedules at the most.</param>
    /// <returns>How many schedules there were, and how many of them ended in a deadlock.</returns>
    public static (int Schedules, int Deadlocks) Explore(IStrategy strategy, int most)
    {
        int schedules = 0;
        int deadlocks = 0;
        while (schedules < most && strategy.Begin() is { } schedule)
        {
            schedules++;
            bool wasGivenUp = false;
            try
            {
                RunOnce(schedule);
            }
            catch (DeadlockException)
            {
                deadlocks++;
            }
            catch (RunGivenUpException)
            {
                wasGivenUp = true;
            }

            strategy.End(wasGivenUp);
        }

        return (schedules, deadlocks);
    }

    private static void RunOnce(ISchedule schedule)
    {
        ControlledScheduler scheduler = new();
        KernelMutex first = new(scheduler, "first");
        KernelMutex second = new(scheduler, "second");
        scheduler.RunThreads(
            [
                new KeyValuePair<string, Action>("a", () => TakeBoth(first, second)),
                new KeyValuePair<string, Action>("b", () => TakeBoth(second, first)),
            ],
            schedule);
    }

    private static void TakeBoth(KernelMutex outer, KernelMutex inner)
    {
        using (outer.Hold())
        using (inner.Hold())
        {
            // Having both is all there is to do.
        }
    }
}
