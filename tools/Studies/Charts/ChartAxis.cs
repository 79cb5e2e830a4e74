using System.Globalization;

namespace Iopf.Studies.Charts;

/// <summary>An axis of a chart: what it shows, in which unit, and where its ticks are.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Unit">The unit; empty if there is none.</param>
/// <param name="Scale">How it is divided.</param>
internal sealed record ChartAxis(string Title, string Unit = "", ChartScale Scale = ChartScale.Linear)
{
    private const int MostTicks = 11;
    private const int FewestTicks = 5;

    /// <summary>The title with its unit.</summary>
    public string Label => Unit.Length == 0 ? Title : $"{Title}, {Unit}";

    /// <summary>Where the ticks lie for these values. The first and the last tick are the ends of the axis.</summary>
    /// <param name="values">The values to show; those a logarithm cannot show are left out.</param>
    /// <returns>At least two ticks, in ascending order.</returns>
    public IReadOnlyList<double> Ticks(IEnumerable<double> values)
    {
        double[] shown = [.. values.Where(CanShow)];
        return Scale == ChartScale.Linear ? LinearTicks(shown) : LogTicks(shown, Scale == ChartScale.Log2 ? 2 : 10);
    }

    /// <summary>Whether the axis has a place for a value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>False for what is not finite, and on a logarithmic axis for what is not positive.</returns>
    public bool CanShow(double value) => double.IsFinite(value) && (Scale == ChartScale.Linear || value > 0);

    /// <summary>How far along the axis a value lies.</summary>
    /// <param name="value">The value.</param>
    /// <param name="ticks">The ticks.</param>
    /// <returns>0 at the first tick, 1 at the last.</returns>
    public double Place(double value, IReadOnlyList<double> ticks)
    {
        double first = Of(ticks[0]);
        return (Of(value) - first) / (Of(ticks[^1]) - first);
    }

    /// <summary>A tick in figures.</summary>
    /// <param name="tick">The tick.</param>
    /// <returns>At most seven characters; large numbers carry k, M or G.</returns>
    public static string Figures(double tick)
    {
        double size = Math.Abs(tick);
        (double divisor, string suffix) = size switch
        {
            >= 1e9 => (1e9, "G"),
            >= 1e6 => (1e6, "M"),
            >= 1e4 => (1e3, "k"),
            _ => (1.0, ""),
        };
        string form = size is > 0 and < 0.001 ? "0.#e0" : "0.####";
        return (tick / divisor).ToString(form, CultureInfo.InvariantCulture) + suffix;
    }

    private double Of(double value) => Scale == ChartScale.Linear ? value : Math.Log2(value);

    private static double[] LinearTicks(double[] shown)
    {
        double least = Math.Min(0, shown.DefaultIfEmpty(0).Min());
        double most = Math.Max(shown.DefaultIfEmpty(1).Max(), 0);
        double range = most - least;
        if (range <= 0)
        {
            return [0, 1];
        }

        double power = Math.Pow(10, Math.Floor(Math.Log10(range / FewestTicks)));
        double step = new[] { 1, 2, 2.5, 5, 10 }.Select(factor => factor * power).First(width => range / width <= MostTicks - 1);
        int from = (int)Math.Floor((least / step) + 1e-9);
        int to = (int)Math.Ceiling((most / step) - 1e-9);
        return [.. Enumerable.Range(from, to - from + 1).Select(number => number * step)];
    }

    private static double[] LogTicks(double[] shown, double powersOf)
    {
        if (shown.Length == 0)
        {
            return [1, powersOf];
        }

        int from = (int)Math.Floor(Math.Log(shown.Min(), powersOf) + 1e-9);
        int to = Math.Max((int)Math.Ceiling(Math.Log(shown.Max(), powersOf) - 1e-9), from + 1);
        int every = ((to - from) / MostTicks) + 1;
        to = from + ((to - from + every - 1) / every * every);
        return [.. Enumerable.Range(0, ((to - from) / every) + 1).Select(number => Math.Pow(powersOf, from + (number * every)))];
    }
}
