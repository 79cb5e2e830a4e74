namespace Iopf.Schedulers;

/// <summary>One item of a thread's work on its CPU, and how much later it ends because others preempted it.</summary>
internal sealed class Turn
{
    /// <summary>How much later it ends.</summary>
    public long DelayNanoseconds { get; set; }
}
