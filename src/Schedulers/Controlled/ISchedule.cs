namespace Iopf.Schedulers;

/// <summary>Decides which thread of a controlled run goes on.</summary>
public interface ISchedule
{
    /// <summary>Asked whenever the running thread is about to do something that others could notice, and when it cannot go on.</summary>
    /// <param name="threads">All threads in the order they were made; at least one of them is runnable.</param>
    /// <param name="current">The place of the thread that runs; -1 at the start and when it ended. It need not be runnable.</param>
    /// <returns>The place of a runnable thread; -1 to give the run up.</returns>
    int Next(IReadOnlyList<IScheduledThread> threads, int current);

    /// <summary>Whether it is asked at each step of the trace, or only where a device, a table or a domain is concerned.</summary>
    bool StopsAtEveryStep => true;

    /// <summary>Told what a thread does to something that others could notice, from the choice of it to the next choice.</summary>
    /// <param name="thread">The place of the thread.</param>
    /// <param name="target">What it touches.</param>
    /// <param name="kinds">What it does to it.</param>
    void Touched(int thread, string target, TouchKinds kinds)
    {
        // Most schedules do not look.
    }

    /// <summary>Told that the run ends before all threads have come to their end: a deadlock, a crash.</summary>
    /// <param name="threads">The threads; what those that are active were about to do is never done.</param>
    void Ended(IReadOnlyList<IScheduledThread> threads)
    {
        // Most schedules do not look.
    }
}
