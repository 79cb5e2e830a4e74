using System.Globalization;
using Iopf.Sweeps;

namespace Iopf.Cli.Sweeping;

/// <summary>The values of what varies, as files hold them: numbers where they are numbers.</summary>
internal static class SweepValues
{
    /// <summary>The values at a point.</summary>
    /// <param name="plan">The sweep.</param>
    /// <param name="point">The point's number.</param>
    /// <returns>A long, a double or a string for each axis.</returns>
    public static IEnumerable<object> Of(SweepPlan plan, long point) =>
        plan.ValuesOf(point).Select((value, axis) => plan.Axes[axis].IsNumeric ? NumberOf(value) : value);

    /// <summary>A value as text, the same everywhere.</summary>
    /// <param name="value">A long, a double, a string, or nothing.</param>
    /// <returns>The text; empty for nothing.</returns>
    public static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static object NumberOf(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer) ? integer
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && !text.All(char.IsAsciiDigit) ? number
        : text;
}
