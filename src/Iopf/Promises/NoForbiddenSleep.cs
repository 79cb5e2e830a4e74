using Iopf.Kernel;

namespace Iopf.Promises;

/// <summary>L3: nobody sleeps where it is forbidden.</summary>
/// <remarks>
/// A sleep under a spinlock or in a callback that may not block is reported by the scheduler at once, whether or not the thread would really
/// have slept; here is looked for a thread that was left in such a state.
/// </remarks>
internal sealed class NoForbiddenSleep(Scheduler scheduler) : IInvariantChecker
{
    public string Id => "L3";

    public string Promise => "Nothing sleeps under a spinlock or in a callback that may not block.";

    public void Check(bool hasFailed, Action<string> report)
    {
        KernelThread thread = scheduler.Current;
        if (thread.IsAtomic || thread.IsNonBlockable)
        {
            report($"{thread.Name} returned in a state in which it may not sleep");
        }
    }
}
