namespace Iopf.Sweeps;

/// <summary>Something measured at every point.</summary>
/// <param name="Name">Its name, as columns are called.</param>
/// <param name="About">What it is, with its unit.</param>
/// <param name="Value">Reads it off: a long, a double, a string, or <see langword="null"/> where it does not apply.</param>
public sealed record SweepColumn(string Name, string About, Func<PointResult, object?> Value)
{
    /// <summary>Whether it is a number.</summary>
    public bool IsNumeric { get; init; } = true;
}
