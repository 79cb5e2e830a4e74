using System.Globalization;

namespace Iopf.Benchmarks.Against;

/// <summary>How a number goes from one process to the other.</summary>
internal static class Answer
{
    private const string Mark = "iopf-bench ";

    public static string Of(double value) => string.Create(CultureInfo.InvariantCulture, $"{Mark}{value:R}");

    /// <summary>The number, unless the line says something else.</summary>
    public static double? In(string line) =>
        line.StartsWith(Mark, StringComparison.Ordinal) ? double.Parse(line.AsSpan(Mark.Length), CultureInfo.InvariantCulture) : null;
}
