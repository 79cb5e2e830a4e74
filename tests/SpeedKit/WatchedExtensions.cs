using Iopf.Kernel;

namespace Iopf.SpeedKit;

/// <summary>Puts those who watch in their places.</summary>
public static class WatchedExtensions
{
    /// <summary>Has a trace watched as said.</summary>
    public static void Over(this Watched watched, Trace trace)
    {
        if (watched == Watched.Trace)
        {
            trace.Follow(static (in _) => { });
        }
        else if (watched == Watched.Texts)
        {
            trace.Subscribe(static _ => { });
        }
    }
}
