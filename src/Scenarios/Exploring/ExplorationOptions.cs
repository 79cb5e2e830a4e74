using System.Globalization;
using Iopf.Kernel;
using Iopf.Schedulers;

namespace Iopf.Exploring;

/// <summary>Which schedules are tried, and how many.</summary>
/// <param name="Strategy">The strategy's name: <c>exhaustive</c>, <c>plain</c>, <c>bounded:N</c>, <c>random</c>, <c>pct:N</c>.</param>
/// <param name="MostSchedules">At most so many.</param>
/// <param name="Seed">What random ones are drawn from.</param>
public sealed record ExplorationOptions(string Strategy, long MostSchedules, ulong Seed)
{
    /// <summary>The strategies, in words.</summary>
    public const string Form =
        "exhaustive (depth-first with partial-order reduction), plain (depth-first), bounded:N (depth-first, at most N preemptions), random, or pct:N (priorities, depth N from 1 on); "
        + "random and pct use all processors";

    /// <summary>Makes the strategy.</summary>
    /// <returns>The strategy.</returns>
    /// <exception cref="InputException">There is none of that name.</exception>
    internal IStrategy CreateStrategy()
    {
        string[] parts = Strategy.Split(':');
        int number = 0;
        bool hasNumber = parts.Length == 2
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number <= 1000;
        return (parts[0], parts.Length == 1, hasNumber) switch
        {
            ("exhaustive", true, _) => new DepthFirst(reduces: true),
            ("plain", true, _) => new DepthFirst(reduces: false),
            ("bounded", _, true) => new DepthFirst(reduces: false, number),
            ("random", true, _) => new UniformRandom(Seed),
            ("pct", _, true) when number > 0 => new PriorityRandom(Seed, number),
            _ => throw new InputException($"--strategy: '{Strategy}' is not a strategy; expected {Form}"),
        };
    }
}
