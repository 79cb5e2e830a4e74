using System.Runtime.CompilerServices;

namespace Iopf.Kernel;

/// <summary>Threads that sleep until a condition holds.</summary>
/// <remarks>Kernel: <c>wait_queue_head_t</c>.</remarks>
/// <param name="scheduler">Who runs the threads.</param>
/// <param name="name">What is waited for, in reports.</param>
/// <param name="endsWithUserSpace">Whether only user space can end the wait, at its leisure or never.</param>
public sealed class WaitQueue(Scheduler scheduler, string name, bool endsWithUserSpace = false)
{
    /// <summary>What is waited for.</summary>
    public string Name { get; } = name;

    /// <summary>Whether only user space can end the wait, at its leisure or never.</summary>
    public bool EndsWithUserSpace { get; } = endsWithUserSpace;

    /// <summary>Sleeps until a condition holds.</summary>
    /// <param name="condition">What is waited for; asked again after each wake-up.</param>
    /// <param name="place">Where the wait is; filled in by the compiler.</param>
    /// <exception cref="DeadlockException">No thread can make the condition true any more.</exception>
    public void Wait(Func<bool> condition, [CallerMemberName] string place = "") =>
        scheduler.Wait(this, condition, killable: false, place);

    /// <summary>Sleeps until a condition holds or the thread is killed.</summary>
    /// <remarks>Kernel: <c>wait_event_killable</c>.</remarks>
    /// <param name="condition">What is waited for; asked again after each wake-up.</param>
    /// <param name="place">Where the wait is; filled in by the compiler.</param>
    /// <returns>How the wait ended.</returns>
    /// <exception cref="DeadlockException">No thread can make the condition true any more.</exception>
    public WaitOutcome WaitKillable(Func<bool> condition, [CallerMemberName] string place = "") =>
        scheduler.Wait(this, condition, killable: true, place);

    /// <summary>Lets every waiter look at its condition again.</summary>
    public void WakeAll() => scheduler.WakeAll(this);
}
