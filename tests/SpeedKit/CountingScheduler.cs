using Iopf.Kernel;

namespace Iopf.SpeedKit;

/// <summary>The single-threaded scheduler, counting the locks that are taken.</summary>
public sealed class CountingScheduler : InlineScheduler
{
    /// <summary>How many were taken so far.</summary>
    public long Taken { get; private set; }

    internal override void Acquire(KernelLock @lock, LockMode mode, string place)
    {
        Taken++;
        base.Acquire(@lock, mode, place);
    }
}
