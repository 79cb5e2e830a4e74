using System.Text.Json;
using System.Text.Json.Nodes;

namespace Iopf.SpeedKit.Growth;

/// <summary>What was counted along all axes, as a part of the JSON document of results.</summary>
public static class GrowthJson
{
    private const string Part = "growth";

    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>A document with this in place of what was counted before; the rest stays as it is.</summary>
    public static string Into(string document, IEnumerable<GrowthSeries> all)
    {
        JsonNode root = JsonNode.Parse(document)!;
        root[Part] = JsonSerializer.SerializeToNode(
            all.Select(static series => new { series.Axis.Key, series.Axis.Operation, series.Axis.Across, series.Axis.Fixed, series.Points }),
            Options);
        return root.ToJsonString(Options) + "\n";
    }
}
