using System.Globalization;
using System.Text.Json;
using Iopf.Cli.Sweeping;
using Iopf.Sweeps;

namespace Iopf.Cli.Output;

/// <summary>A sweep for a reader, and as JSON.</summary>
internal static class SweepOutput
{
    private const int RowsShown = 50;

    /// <summary>How far it is.</summary>
    /// <param name="done">Points done, those of an earlier run included.</param>
    /// <param name="count">All points.</param>
    /// <param name="since">Points done in this run.</param>
    /// <param name="elapsed">How long this run has taken.</param>
    /// <returns>A few words, with the time left.</returns>
    public static string Progress(long done, long count, long since, TimeSpan elapsed)
    {
        double rate = since / Math.Max(elapsed.TotalSeconds, 0.001);
        string left = since > 0 ? $"{Duration((count - done) / rate)} left" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{done} of {count} points, {rate:0} points/s, {left}");
    }

    /// <summary>How fast it was.</summary>
    /// <param name="since">Points done in this run.</param>
    /// <param name="there">Points that were there before.</param>
    /// <param name="workers">How many workers.</param>
    /// <param name="elapsed">How long it took.</param>
    /// <returns>A few words.</returns>
    public static string Rate(long since, long there, int workers, TimeSpan elapsed)
    {
        string rate = string.Create(
            CultureInfo.InvariantCulture,
            $"{since} points in {elapsed.TotalSeconds:0.0} s: {since / Math.Max(elapsed.TotalSeconds, 0.001):0} points/s, {(workers == 1 ? "1 worker" : $"{workers} workers")}");
        return there == 0 ? rate : string.Create(CultureInfo.InvariantCulture, $"{rate}; {there} were there from before");
    }

    /// <summary>What was swept, then the points; columns that are the same everywhere are told once.</summary>
    /// <param name="plan">The sweep.</param>
    /// <param name="points">What was measured at each point.</param>
    /// <returns>The lines.</returns>
    public static IEnumerable<string> Lines(SweepPlan plan, IReadOnlyList<object?[]> points)
    {
        string[] names = [.. SweepRows.Names(plan)];
        string patches = Varies(plan, "patches") ? "" : $", patches {plan.Request.PatchesInForce}";
        string errata = Varies(plan, "errata") ? "" : $", errata {plan.Request.ErrataInForce}";
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{plan.Request.Scenario.Name}{patches}{errata}: {points.Count} points over {string.Join(plan.IsZipped ? " with " : " x ", plan.Axes.Select(static axis => axis.Name))}");
        int[] same = [.. Enumerable.Range(0, plan.Columns.Count).Where(column => points.All(point => Equals(point[column], points[0][column])))];
        if (points.Count > 1 && same.Length > 0)
        {
            yield return "everywhere: " + string.Join(", ", same.Where(column => SweepValues.Text(points[0][column]).Length > 0)
                .Select(column => $"{plan.Columns[column].Name} {SweepValues.Text(points[0][column])}"));
        }

        HashSet<int> hidden = points.Count > 1 ? [.. same.Select(column => column + plan.Axes.Count)] : [];
        IEnumerable<string[]> rows = points.Take(RowsShown).Select((point, number) => Shown(SweepRows.Values(plan, number, point).Select(SweepValues.Text), hidden));
        yield return "";
        foreach (string line in TextTable.Lines(Shown(names, hidden), rows))
        {
            yield return line;
        }

        if (points.Count > RowsShown)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"... and {points.Count - RowsShown} more: --out FILE.csv, FILE.jsonl or FILE.db has all of them");
        }
    }

    /// <summary>Writes the members of the document.</summary>
    /// <param name="json">The document.</param>
    /// <param name="plan">The sweep.</param>
    /// <param name="definition">What makes it this sweep.</param>
    /// <param name="points">What was measured at each point.</param>
    public static void Write(
        Utf8JsonWriter json, SweepPlan plan, IReadOnlyList<KeyValuePair<string, string>> definition, IReadOnlyList<object?[]> points)
    {
        json.WriteString("scenario", plan.Request.Scenario.Name);
        json.WriteStartObject("definition");
        foreach ((string name, string value) in definition)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteBoolean("zip", plan.IsZipped);
        json.WriteObjects("over", plan.Axes, axis =>
        {
            json.WriteString("name", axis.Name);
            json.WriteTexts("values", axis.Values);
        });
        json.WriteObjects("columns", plan.Columns, column =>
        {
            json.WriteString("name", column.Name);
            json.WriteString("about", column.About);
        });
        json.WriteObjects("points", points.Index(), point => SweepRows.Write(json, plan, point.Index, point.Item));
    }

    private static bool Varies(SweepPlan plan, string name) => plan.Axes.Any(axis => axis.Name == name);

    private static string[] Shown(IEnumerable<string> cells, HashSet<int> hidden) => [.. cells.Where((_, column) => !hidden.Contains(column))];

    private static string Duration(double seconds)
    {
        TimeSpan time = TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.MaxValue.TotalSeconds / 2));
        return time.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes:00} min")
            : time.TotalMinutes >= 1 ? $"{time.Minutes} min {time.Seconds:00} s" : $"{time.Seconds} s";
    }
}
