using System.Globalization;

namespace Iopf.Benchmarks.Against;

/// <summary>A row that can be measured, as two commits tell each other of it.</summary>
/// <param name="Key">Class, method and what watches, for example <c>Faulting.Sva(Trace)</c>.</param>
/// <param name="Unit">The unit of its values.</param>
/// <param name="Title">What it measures.</param>
internal sealed record ListedRow(string Key, string Unit, string Title)
{
    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static ListedRow Parse(string line) => line.Split('\t') is [string key, string unit, string title]
        ? new ListedRow(key, unit, title)
        : throw new InvalidOperationException($"not a row: {line}");

    /// <summary>A value with its unit.</summary>
    public string Words(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:#,0.##} {Unit}");

    public override string ToString() => $"{Key}\t{Unit}\t{Title}";
}
