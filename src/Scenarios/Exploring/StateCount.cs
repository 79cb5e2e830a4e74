namespace Iopf.Exploring;

/// <summary>Counts the states that runs come through.</summary>
/// <remarks>Kept are 64 bits of each, at most 4,194,304 of them (some 64 MiB).</remarks>
internal sealed class StateCount
{
    private const int Most = 1 << 22;

    private readonly HashSet<ulong> _seen = [];

    /// <summary>How many there are so far.</summary>
    public long Distinct => _seen.Count;

    /// <summary>Whether no more are kept.</summary>
    public bool IsFull => _seen.Count == Most;

    /// <summary>Adds the states of a run.</summary>
    public void Add(StateTrail trail)
    {
        foreach (ulong state in trail.States)
        {
            if (IsFull)
            {
                return;
            }

            _seen.Add(state);
        }
    }
}
