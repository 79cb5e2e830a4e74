namespace Iopf.Kernel;

/// <summary>The model's time: nanoseconds since the start of the run, moved only by what the model does.</summary>
public sealed class VirtualClock
{
    /// <summary>Nanoseconds since the start of the run.</summary>
    public long Now { get; private set; }

    /// <summary>Lets time pass.</summary>
    /// <param name="nanoseconds">How long; not negative.</param>
    public void Advance(long nanoseconds)
    {
        Invariant.Hold(nanoseconds >= 0, "virtual time does not run backwards");
        Now += nanoseconds;
    }

    /// <summary>Shows another time line: that of a thread or device whose turn it is.</summary>
    /// <param name="nanoseconds">Its time.</param>
    internal void MoveTo(long nanoseconds) => Now = nanoseconds;
}
