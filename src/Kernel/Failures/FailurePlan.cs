namespace Iopf.Kernel;

/// <summary>Which calls of a run are to fail, each kind counted from 1.</summary>
public sealed class FailurePlan
{
    private static readonly int Kinds = Enum.GetValues<FailureKind>().Length;

    private readonly long[] _calls = new long[Kinds];
    private readonly SortedSet<long>[] _failing = [.. Enumerable.Range(0, Kinds).Select(_ => new SortedSet<long>())];

    /// <summary>How many calls failed so far.</summary>
    public int Hits { get; private set; }

    /// <summary>Has one call fail.</summary>
    /// <param name="kind">Of which kind.</param>
    /// <param name="number">Which one, from 1.</param>
    /// <returns>This plan.</returns>
    public FailurePlan With(FailureKind kind, long number)
    {
        Invariant.Hold(number > 0, "calls are counted from 1");
        _failing[(int)kind].Add(number);
        return this;
    }

    /// <summary>How many calls of a kind there were so far.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>The number.</returns>
    public long CallsOf(FailureKind kind) => _calls[(int)kind];

    /// <summary>Counts a call.</summary>
    /// <param name="kind">Its kind.</param>
    /// <returns>Whether it fails.</returns>
    public bool Fails(FailureKind kind)
    {
        bool fails = _failing[(int)kind].Contains(++_calls[(int)kind]);
        Hits += fails ? 1 : 0;
        return fails;
    }
}
