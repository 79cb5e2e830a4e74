using Iopf.Kernel;

namespace Iopf.Density;

/// <summary>An accelerator that several guests have a function of: its engines, who waits for one, and the event thread of its SMMU.</summary>
/// <param name="options">How many engines it has, and what things cost.</param>
/// <param name="costs">What the steps of a fault cost.</param>
internal sealed class Accelerator(DensityOptions options, CostOptions costs)
{
    private readonly Queue<DensityGuest> _waiting = new();
    private int _idle = options.Engines;

    /// <summary>The event thread of the SMMU in front of it.</summary>
    public EventThread Events { get; } = new(options, costs);

    /// <summary>Takes a message, or has it wait.</summary>
    /// <param name="guest">Whose message it is.</param>
    /// <returns>Whether an engine begins with it at once.</returns>
    public bool TryBegin(DensityGuest guest)
    {
        if (_idle > 0)
        {
            _idle--;
            return true;
        }

        _waiting.Enqueue(guest);
        return false;
    }

    /// <summary>An engine is done with a message.</summary>
    /// <returns>Whose message it begins with now; null if nobody waits.</returns>
    public DensityGuest? End()
    {
        if (_waiting.TryDequeue(out DensityGuest? next))
        {
            return next;
        }

        _idle++;
        return null;
    }
}
