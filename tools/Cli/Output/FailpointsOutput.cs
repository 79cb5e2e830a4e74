using System.Globalization;
using System.Text.Json;
using Iopf.Failures;
using Iopf.Kernel;

namespace Iopf.Cli.Output;

/// <summary>A sweep of failures as lines and as JSON.</summary>
internal static class FailpointsOutput
{
    /// <summary>What was swept, what it answered, and every violation.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <returns>The lines.</returns>
    public static IEnumerable<string> Lines(FailpointSweep sweep)
    {
        yield return $"{sweep.Scenario}: one run for each call that fails";
        yield return "";
        foreach (string line in TextTable.Lines(["kind", "calls", "swept", "violations", "answers"], sweep.Counted.Select(counted => Row(sweep, counted))))
        {
            yield return line;
        }

        foreach (Failpoint point in sweep.Points.Where(point => point.IsViolation))
        {
            yield return "";
            yield return $"--fail {SpecOf(point)} in {(point.Operation.Length == 0 ? "the end of the run" : point.Operation)}: {point.Answer}".TrimEnd(' ', ':');
            yield return $"    {point.Objection}";
        }

        yield return "";
        yield return string.Create(
            CultureInfo.InvariantCulture, $"{sweep.Points.Count} points swept, {sweep.Points.Count(point => point.IsViolation)} violations");
    }

    /// <summary>Writes the members of the document.</summary>
    /// <param name="json">The document.</param>
    /// <param name="sweep">The sweep.</param>
    public static void Write(Utf8JsonWriter json, FailpointSweep sweep)
    {
        json.WriteString("scenario", sweep.Scenario);
        json.WriteObjects("kinds", sweep.Counted, counted =>
        {
            json.WriteString("kind", FailureSpec.NameOf(counted.Key));
            json.WriteNumber("calls", counted.Value);
            json.WriteNumber("swept", sweep.Points.Count(point => point.Kind == counted.Key));
        });
        json.WriteObjects("points", sweep.Points, point =>
        {
            json.WriteString("fail", SpecOf(point));
            json.WriteString("operation", point.Operation);
            json.WriteString("answer", point.Answer);
            json.WriteString("objection", point.Objection);
        });
        json.WriteNumber("swept", sweep.Points.Count);
        json.WriteNumber("violations", sweep.Points.Count(point => point.IsViolation));
    }

    private static string[] Row(FailpointSweep sweep, KeyValuePair<FailureKind, long> counted)
    {
        Failpoint[] points = [.. sweep.Points.Where(point => point.Kind == counted.Key)];
        IEnumerable<string> answers = points
            .GroupBy(point => point.Operation.Length == 0 ? "end of run" : point.Answer)
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Key} {group.Count()}x"));
        return
        [
            FailureSpec.NameOf(counted.Key),
            counted.Value.ToString(CultureInfo.InvariantCulture),
            points.Length.ToString(CultureInfo.InvariantCulture),
            points.Count(point => point.IsViolation).ToString(CultureInfo.InvariantCulture),
            string.Join(", ", answers),
        ];
    }

    private static string SpecOf(Failpoint point) =>
        string.Create(CultureInfo.InvariantCulture, $"{FailureSpec.NameOf(point.Kind)}:{point.Number}");
}
