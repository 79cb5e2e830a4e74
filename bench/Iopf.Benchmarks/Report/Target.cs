namespace Iopf.Benchmarks.Report;

/// <summary>What is to be reached.</summary>
/// <param name="Title">What is measured.</param>
/// <param name="Unit">The unit of both figures.</param>
/// <param name="IsAtLeast">Whether more is better.</param>
/// <param name="Limit">What is to be reached.</param>
/// <param name="Measure">Takes the figure from what was measured.</param>
internal sealed record Target(string Title, string Unit, bool IsAtLeast, double Limit, Func<Results, double> Measure)
{
    /// <summary>Whether a figure reaches it.</summary>
    public bool IsMetBy(double figure) => IsAtLeast ? figure >= Limit : figure <= Limit;
}
