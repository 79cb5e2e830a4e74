using System.Text.Json;
using System.Text.Json.Serialization;

namespace Iopf.Benchmarks.Report;

/// <summary>The results as one JSON document.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>The text of the document.</summary>
    public static string Text(Results results) => JsonSerializer.Serialize(
        new
        {
            results.Machine,
            results.Commit,
            results.Load,
            OptimisedMethods = results.Methods,
            Targets = Targets.All.Select(target => new
            {
                target.Title,
                target.Unit,
                target.Limit,
                target.IsAtLeast,
                Measured = target.Measure(results),
                IsMet = target.IsMetBy(target.Measure(results)),
            }),
            results.Rows,
            results.Figures,
            results.Profiles,
        },
        Options) + "\n";
}
