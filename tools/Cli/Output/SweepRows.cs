using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Iopf.Cli.Sweeping;
using Iopf.Sweeps;

namespace Iopf.Cli.Output;

/// <summary>The points of a sweep as lines of a file.</summary>
internal static class SweepRows
{
    private static readonly JsonWriterOptions Form = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The names of a row's fields: what varies, then what was measured.</summary>
    /// <param name="plan">The sweep.</param>
    /// <returns>The names.</returns>
    public static IEnumerable<string> Names(SweepPlan plan) =>
        plan.Axes.Select(static axis => axis.Name).Concat(plan.Columns.Select(static column => column.Name));

    /// <summary>The values of a point's row.</summary>
    /// <param name="plan">The sweep.</param>
    /// <param name="point">The point's number.</param>
    /// <param name="measured">What was measured.</param>
    /// <returns>The values, in the order of the names.</returns>
    public static IEnumerable<object?> Values(SweepPlan plan, int point, object?[] measured) => SweepValues.Of(plan, point).Concat(measured);

    /// <summary>A table with commas between the fields (RFC 4180), a line of names first.</summary>
    /// <param name="plan">The sweep.</param>
    /// <param name="points">What was measured at each point.</param>
    /// <returns>The lines.</returns>
    public static IEnumerable<string> Csv(SweepPlan plan, IReadOnlyList<object?[]> points)
    {
        yield return string.Join(',', Names(plan).Select(Field));
        for (int point = 0; point < points.Count; point++)
        {
            yield return string.Join(',', Values(plan, point, points[point]).Select(static value => Field(SweepValues.Text(value))));
        }
    }

    /// <summary>One JSON object per line.</summary>
    /// <param name="plan">The sweep.</param>
    /// <param name="points">What was measured at each point.</param>
    /// <returns>The lines.</returns>
    public static IEnumerable<string> JsonLines(SweepPlan plan, IReadOnlyList<object?[]> points)
    {
        using MemoryStream bytes = new();
        for (int point = 0; point < points.Count; point++)
        {
            bytes.SetLength(0);
            using (Utf8JsonWriter json = new(bytes, Form))
            {
                json.WriteStartObject();
                Write(json, plan, point, points[point]);
                json.WriteEndObject();
            }

            yield return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
        }
    }

    /// <summary>Writes the members of a point's object.</summary>
    /// <param name="json">The document.</param>
    /// <param name="plan">The sweep.</param>
    /// <param name="point">The point's number.</param>
    /// <param name="measured">What was measured.</param>
    public static void Write(Utf8JsonWriter json, SweepPlan plan, int point, object?[] measured)
    {
        foreach ((string name, object? value) in Names(plan).Zip(Values(plan, point, measured)))
        {
            switch (value)
            {
                case long integer:
                    json.WriteNumber(name, integer);
                    break;
                case double number:
                    json.WriteNumber(name, number);
                    break;
                case string text:
                    json.WriteString(name, text);
                    break;
                default:
                    json.WriteNull(name);
                    break;
            }
        }
    }

    private static string Field(string text) =>
        text.AsSpan().ContainsAny(',', '"', '\n') ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
