namespace Iopf.Kernel;

/// <summary>Decides which schedules of a program are tried, one after another.</summary>
public interface IStrategy
{
    /// <summary>The next schedule to run the program under.</summary>
    /// <returns>The schedule; <see langword="null"/> when there is none left to try.</returns>
    ISchedule? Begin();

    /// <summary>Told that the program has ended under the schedule.</summary>
    /// <param name="wasGivenUp">Whether the schedule gave the run up half-way.</param>
    void End(bool wasGivenUp);
}
