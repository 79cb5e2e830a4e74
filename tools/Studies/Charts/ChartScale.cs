namespace Iopf.Studies.Charts;

/// <summary>How an axis is divided.</summary>
internal enum ChartScale
{
    /// <summary>Evenly; zero is always shown.</summary>
    Linear,

    /// <summary>By powers of two.</summary>
    Log2,

    /// <summary>By powers of ten.</summary>
    Log10,
}
