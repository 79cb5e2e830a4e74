namespace Iopf.Schedulers;

/// <summary>A controlled thread as a schedule sees it.</summary>
public interface IScheduledThread
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>Whether it has anything to do.</summary>
    bool IsActive { get; }

    /// <summary>Whether it could go on now.</summary>
    bool IsRunnable { get; }

    /// <summary>What it is about to do.</summary>
    SchedulePoint Pending { get; }
}
