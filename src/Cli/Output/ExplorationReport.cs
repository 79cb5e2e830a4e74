using Iopf.Exploring;
using Iopf.Kernel;

namespace Iopf.Cli.Output;

/// <summary>An exploration, and what was asked of it.</summary>
/// <param name="Exploration">The exploration.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Wanted">The defect that was looked for, if one was.</param>
/// <param name="IsFound">Whether it was found; it is the last finding then.</param>
internal sealed record ExplorationReport(Exploration Exploration, TimeSpan Elapsed, Erratum? Wanted, bool IsFound);
