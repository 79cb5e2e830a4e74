using Iopf.Sweeps;

namespace Iopf.Cli.Output;

/// <summary>What a picture of a sweep shows.</summary>
/// <param name="X">What is along the horizontal axis.</param>
/// <param name="Y">What is measured; a picture for each.</param>
/// <param name="About">What it shows, in words.</param>
/// <param name="Command">The command that makes it.</param>
internal sealed record SweepPicture(SweepAxis X, IReadOnlyList<SweepColumn> Y, string About, string Command);
