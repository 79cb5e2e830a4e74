namespace Iopf.Schedulers;

/// <summary>Something with a place in the calendar of virtual time, such as an engine of a device.</summary>
public interface ITimedActor
{
    /// <summary>Acts, at the time it asked for.</summary>
    void Act();
}
