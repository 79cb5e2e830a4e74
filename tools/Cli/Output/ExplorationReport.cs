using Iopf.Exploring;

namespace Iopf.Cli.Output;

/// <summary>An exploration, and what was asked of it.</summary>
/// <param name="Exploration">The exploration.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Hunt">The defect that was looked for, if one was.</param>
internal sealed record ExplorationReport(Exploration Exploration, TimeSpan Elapsed, Hunt? Hunt)
{
    /// <summary>The findings to show: all, or the one that shows the defect.</summary>
    public IEnumerable<Finding> Findings => Hunt?.Found is { } found ? [found] : Exploration.Findings;
}
