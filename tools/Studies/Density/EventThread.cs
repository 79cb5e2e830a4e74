using Iopf.Kernel;

namespace Iopf.Density;

/// <summary>The event thread of one SMMU: it takes one fault after another, and sleeps when there is none.</summary>
/// <param name="options">What things cost.</param>
/// <param name="costs">What the steps of a fault cost.</param>
internal sealed class EventThread(DensityOptions options, CostOptions costs)
{
    private readonly long _wakeUp = costs.FaultDeliveryNanoseconds * options.WakeUpPercent / 100;
    private readonly long _own = costs.FaultDeliveryNanoseconds * options.EventThreadPercent / 100;
    private long _free;

    /// <summary>How long it was busy.</summary>
    public long BusyNanoseconds { get; private set; }

    /// <summary>Takes a fault that a stalled transaction has just recorded.</summary>
    /// <param name="now">When it was recorded, in nanoseconds; never earlier than the fault before.</param>
    /// <param name="handle">Runs the handler, given when it begins, and answers how long it took.</param>
    /// <returns>The whole time until the transaction goes on: wake-up or waiting, the thread's part, the handler, the answer and the retry.</returns>
    public long Serve(long now, Func<long, long> handle)
    {
        long begin = _free > now ? _free : now + _wakeUp;
        long handed = begin + _own;
        long handler = handle(handed);
        long released = handed + (options.HandlerInEventThread ? handler : 0);
        BusyNanoseconds += released - begin;
        _free = released;
        return handed + handler + costs.FaultDeliveryNanoseconds - _wakeUp - _own - now;
    }

    /// <summary>Forgets what is under way.</summary>
    public void Rest() => (_free, BusyNanoseconds) = (0, 0);
}
