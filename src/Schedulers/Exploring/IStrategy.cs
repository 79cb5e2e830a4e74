namespace Iopf.Schedulers;

/// <summary>Decides which schedules of a program are tried, one after another.</summary>
public interface IStrategy
{
    /// <summary>How many schedules may be begun before the first of them has ended: they do not depend on each other.</summary>
    int SideBySide { get; }

    /// <summary>The next schedule to run the program under.</summary>
    /// <returns>The schedule; <see langword="null"/> when there is none left to try.</returns>
    ISchedule? Begin();

    /// <summary>Told that the program has ended under the oldest schedule that was begun.</summary>
    /// <param name="wasGivenUp">Whether the schedule gave the run up half-way.</param>
    void End(bool wasGivenUp);
}
