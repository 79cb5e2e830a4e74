namespace Iopf.Benchmarks.Against;

/// <summary>How a row compares with what it was before.</summary>
internal enum Verdict
{
    /// <summary>Neither of the others.</summary>
    Equal,

    /// <summary>The ratio of the medians is above 1.05, and the lower quartile after lies above the upper one before.</summary>
    Slower,

    /// <summary>The mirror image: after and before change places.</summary>
    Faster,
}
