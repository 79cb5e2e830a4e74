using System.Globalization;
using System.Net;
using Iopf.Cli.Sweeping;
using Iopf.Kernel;
using Iopf.Studies.Charts;
using Iopf.Sweeps;

namespace Iopf.Cli.Output;

/// <summary>Pictures of a sweep: one measure against one parameter, a curve for each setting of the others.</summary>
internal static class SweepChart
{
    private const int MostCurves = 16;
    private const string PublishedPrefix = "published_";
    private const string MessageLength = "msg_len";
    private const long Kibi = 1024;
    private const string Style = "body{font:14px system-ui,sans-serif;margin:24px;background:#fff;color:#1f2933}"
        + "@media (prefers-color-scheme:dark){body{background:#12181f;color:#e4e7eb}}svg{display:block;margin:24px 0}";

    /// <summary>Draws a measure.</summary>
    /// <param name="plan">The sweep.</param>
    /// <param name="points">What was measured at each point.</param>
    /// <param name="picture">What is shown against what.</param>
    /// <param name="measure">The measure.</param>
    /// <returns>The chart.</returns>
    public static CurveChart Of(SweepPlan plan, IReadOnlyList<object?[]> points, SweepPicture picture, SweepColumn measure)
    {
        int y = IndexOf(plan, measure.Name);
        int marked = IndexOf(plan, PublishedPrefix + measure.Name);
        List<Curve> curves = [];
        foreach (IGrouping<string, int> line in Enumerable.Range(0, points.Count).GroupBy(point => NameOf(plan, point, picture.X)))
        {
            curves.Add(new Curve(line.Key, Read(plan, points, picture.X, y, line))
            {
                Marked = marked < 0 ? [] : Read(plan, points, picture.X, marked, line),
            });
        }

        string title = $"{plan.Request.Scenario.Name}: {measure.Name} against {picture.X.Name}";
        string x = picture.X.Name == MessageLength ? $"{picture.X.Name}, KiB" : picture.X.Name;
        return new CurveChart(title, AxisOf(x, curves, static point => point.X), AxisOf(measure.About, curves, static point => point.Y), curves)
        {
            Subtitle = picture.Command,
            MarkedMeaning = curves.Any(static curve => curve.Marked.Count > 0) ? "published" : "",
        };
    }

    /// <summary>Draws the measures one under the other on one page.</summary>
    /// <param name="plan">The sweep.</param>
    /// <param name="points">What was measured at each point.</param>
    /// <param name="picture">What is shown against what.</param>
    /// <returns>Lines of HTML.</returns>
    public static IEnumerable<string> Page(SweepPlan plan, IReadOnlyList<object?[]> points, SweepPicture picture)
    {
        string title = WebUtility.HtmlEncode($"{plan.Request.Scenario.Name} swept");
        yield return "<!DOCTYPE html>";
        yield return $"<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title><style>{Style}</style></head><body><h1>{title}</h1>";
        yield return $"<p>{WebUtility.HtmlEncode(picture.About)}</p>";
        foreach (string line in picture.Y.SelectMany(measure => Of(plan, points, picture, measure).Lines()))
        {
            yield return line;
        }

        yield return "</body></html>";
    }

    /// <summary>Objects to a picture that nobody could read.</summary>
    /// <param name="plan">The sweep.</param>
    /// <param name="x">What is along the horizontal axis.</param>
    /// <param name="place">Where it was asked for, for the complaint.</param>
    /// <exception cref="InputException">There would be too many curves.</exception>
    public static void Check(SweepPlan plan, SweepAxis x, string place)
    {
        long curves = plan.IsZipped ? 1 : plan.Count / x.Values.Count;
        if (curves > MostCurves)
        {
            throw new InputException($"{place}: there would be {curves} curves; expected at most {MostCurves}: vary less, or name another --x");
        }
    }

    private static int IndexOf(SweepPlan plan, string column) =>
        plan.Columns.Index().Where(entry => entry.Item.Name == column).Select(static entry => entry.Index).DefaultIfEmpty(-1).First();

    private static string NameOf(SweepPlan plan, int point, SweepAxis x) => plan.IsZipped
        ? "measured"
        : string.Join(", ", plan.ValuesOf(point)
            .Select((value, axis) => (plan.Axes[axis], value))
            .Where(entry => entry.Item1 != x && entry.Item1.Values.Count > 1)
            .Select(static entry => $"{entry.Item1.Name} {(entry.Item1.Name == MessageLength ? Length(entry.value) : entry.value)}")
            .DefaultIfEmpty("measured"));

    private static CurvePoint[] Read(SweepPlan plan, IReadOnlyList<object?[]> points, SweepAxis x, int column, IEnumerable<int> line)
    {
        int axis = plan.Axes.Index().First(entry => entry.Item == x).Index;
        double unit = x.Name == MessageLength ? Kibi : 1;
        return [.. line
            .Where(point => points[point][column] is not null)
            .Select(point => new CurvePoint(Number(SweepValues.Of(plan, point).ElementAt(axis)) / unit, Number(points[point][column]!)))
            .OrderBy(static place => place.X)];
    }

    private static double Number(object value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);

    private static string Length(string text)
    {
        long bytes = long.Parse(text, CultureInfo.InvariantCulture);
        return bytes % (Kibi * Kibi) == 0 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (Kibi * Kibi)} MiB")
            : bytes % Kibi == 0 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / Kibi} KiB") : text;
    }

    // A logarithm has no place for zero: a few zeros may go for the sake of the others, a curve of zeros may not.
    private static ChartAxis AxisOf(string title, List<Curve> curves, Func<CurvePoint, double> of)
    {
        const double Wide = 30;
        double[] values = [.. curves.SelectMany(static curve => curve.Points.Concat(curve.Marked)).Select(of)];
        double[] positive = [.. values.Where(static value => value > 0)];
        bool isHidden = curves.Exists(curve => curve.Points.Count > 0 && curve.Points.All(point => of(point) <= 0));
        if (positive.Length == 0 || values.Min() < 0 || isHidden || positive.Max() / positive.Min() < Wide)
        {
            return new ChartAxis(title);
        }

        ChartScale scale = positive.All(static value => double.IsInteger(Math.Log2(value))) ? ChartScale.Log2 : ChartScale.Log10;
        return new ChartAxis(positive.Length < values.Length ? $"{title} (0 is not shown)" : title, "", scale);
    }
}
