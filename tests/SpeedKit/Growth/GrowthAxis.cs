namespace Iopf.SpeedKit.Growth;

/// <summary>Something that may grow, and what the cost of one operation is at each of its sizes.</summary>
/// <param name="Key">What files call it, for example <c>fault-pages</c>.</param>
/// <param name="Operation">What is counted: a fault, an invalidation.</param>
/// <param name="Across">What grows.</param>
/// <param name="Fixed">What is held fixed meanwhile.</param>
/// <param name="Sizes">The sizes, in ascending order.</param>
/// <param name="CostAt">What the operation costs at a size.</param>
public sealed record GrowthAxis(
    string Key, string Operation, string Across, string Fixed, IReadOnlyList<int> Sizes, Func<int, OperationCounts> CostAt)
{
    /// <summary>Whether the cost is to grow as the size does; otherwise it is to stay, or nearly.</summary>
    public bool IsProportional { get; init; }

    /// <summary>Counts at each size.</summary>
    public GrowthSeries Count() => new(this, [.. Sizes.Select(size => new GrowthPoint(size, CostAt(size)))]);
}
