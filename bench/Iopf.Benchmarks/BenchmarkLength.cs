namespace Iopf.Benchmarks;

/// <summary>How long every row is measured.</summary>
internal enum BenchmarkLength
{
    /// <summary>Only to see that everything runs; the figures say little.</summary>
    Short,

    /// <summary>One of many processes that measure the same row: its least counts.</summary>
    Turn,

    /// <summary>The only process: its median counts.</summary>
    Full,
}
