using Iopf.SpeedKit;

namespace Iopf.Benchmarks.Report;

/// <summary>One row of BenchmarkDotNet's tables.</summary>
/// <param name="Key">Class and method, for example <c>Faulting.Sva</c>.</param>
/// <param name="Title">What it measures.</param>
/// <param name="Watched">What watches the model.</param>
/// <param name="Median">Nanoseconds for one operation.</param>
/// <param name="Low">The lower quartile.</param>
/// <param name="High">The upper quartile.</param>
/// <param name="Bytes">Bytes allocated by one operation; what the tool allocates is spread over them.</param>
internal sealed record Row(string Key, string Title, Watched Watched, double Median, double Low, double High, double Bytes);
