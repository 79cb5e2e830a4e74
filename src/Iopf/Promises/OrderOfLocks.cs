using Iopf.Kernel;

namespace Iopf.Promises;

/// <summary>L2: locks are taken in one order.</summary>
/// <remarks>Recursion and a lock whose holder cannot go on are reported by the scheduler at once; here is looked for orders that contradict.</remarks>
internal sealed class OrderOfLocks : IInvariantChecker
{
    private readonly LockOrder _order;

    public OrderOfLocks(Scheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        _order = scheduler.LockOrder ??= new LockOrder();
    }

    public string Id => "L2";

    public string Promise => "The order in which locks are taken has no cycle, and no lock is taken twice.";

    public void Check(bool hasFailed, Action<string> report)
    {
        foreach (string cycle in _order.Cycles)
        {
            report(cycle);
        }
    }
}
