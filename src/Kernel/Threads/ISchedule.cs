namespace Iopf.Kernel;

/// <summary>Decides which thread of a controlled run goes on.</summary>
public interface ISchedule
{
    /// <summary>Asked whenever the running thread is about to do something that others could notice, and when it cannot go on.</summary>
    /// <param name="runnable">The threads that could go on, in the order they were made; at least one.</param>
    /// <param name="current">The thread that runs; empty at the start and when it ended.</param>
    /// <param name="point">What it is about to do; empty when it cannot go on.</param>
    /// <returns>One of <paramref name="runnable"/>.</returns>
    string Next(IReadOnlyList<string> runnable, string current, string point);
}
