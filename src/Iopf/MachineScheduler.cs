using Iopf.Kernel;

namespace Iopf;

/// <summary>The scheduler that the host of one scope is to have.</summary>
internal sealed class MachineScheduler
{
    /// <summary>The scheduler; a single-threaded one unless set before the host is made.</summary>
    public Scheduler Scheduler { get; set; } = new InlineScheduler();
}
