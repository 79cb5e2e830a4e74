using Iopf.Kernel;

namespace Iopf.Promises;

/// <summary>L4: who waits for user space waits alone.</summary>
internal sealed class NobodyHeldUp : IInvariantChecker
{
    private readonly List<string> _broken = [];

    public NobodyHeldUp(Scheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        scheduler.Sleeping += Look;
    }

    public string Id => "L4";

    public string Promise => "A slow or hostile container cannot stall others.";

    public void Check(bool hasFailed, Action<string> report)
    {
        _broken.ForEach(report);
        _broken.Clear();
    }

    private void Look(KernelThread thread, WaitQueue queue)
    {
        if (!queue.EndsWithUserSpace)
        {
            return;
        }

        // An interrupt thread serves every device behind its SMMU.
        if (thread.Name.StartsWith("irq/", StringComparison.Ordinal))
        {
            _broken.Add($"{thread.Name}, which serves all devices, waits for {queue.Name}");
        }
        else if (thread.HeldLockCount > 0)
        {
            _broken.Add($"{thread.Name} waits for {queue.Name} and holds {thread.DescribeHeldLocks()}");
        }
    }
}
