namespace Iopf.Schedulers;

/// <summary>A place where another thread may go on.</summary>
/// <param name="Kind">What the thread is about to do there.</param>
/// <param name="Name">The class of the lock, the name of the queue, the kernel function, or the name of the access.</param>
/// <param name="Target">What it is done to: two threads that do something to different objects do not notice each other. Empty if nobody can notice.</param>
public readonly record struct SchedulePoint(PointKind Kind, string Name, string Target)
{
    /// <summary>The point as a written schedule names it: <c>lock CLASS</c>, <c>unlock CLASS</c>, <c>wait NAME</c>, or the name alone.</summary>
    public string Text => Prefix + Name;

    /// <summary>What is done to the target there.</summary>
    internal TouchKinds Touches => Kind switch
    {
        PointKind.Lock => TouchKinds.Takes,
        PointKind.LockShared => TouchKinds.TakesShared,
        _ => TouchKinds.Writes,
    };

    private string Prefix => Kind switch
    {
        PointKind.Lock or PointKind.LockShared => "lock ",
        PointKind.Unlock => "unlock ",
        PointKind.Wait => "wait ",
        _ => string.Empty,
    };

    /// <summary>Whether a written schedule's point is this one.</summary>
    /// <param name="text">The point as it is written.</param>
    /// <returns>Whether it is.</returns>
    public bool Is(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string prefix = Prefix;
        return Name is not null && text.Length == prefix.Length + Name.Length
            && text.StartsWith(prefix, StringComparison.Ordinal) && text.EndsWith(Name, StringComparison.Ordinal);
    }
}
