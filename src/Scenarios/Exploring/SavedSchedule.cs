using System.Text.Json;
using System.Text.Json.Nodes;
using Iopf.Scenarios;

namespace Iopf.Exploring;

/// <summary>A finding as a scenario file of its own: the operations that it takes, under the schedule that shows it.</summary>
public static class SavedSchedule
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes the file's text.</summary>
    /// <param name="text">The text of the scenario that was explored.</param>
    /// <param name="exploration">The exploration.</param>
    /// <param name="finding">The finding.</param>
    /// <returns>JSON.</returns>
    public static string Write(string text, Exploration exploration, Finding finding)
    {
        ArgumentNullException.ThrowIfNull(exploration);
        ArgumentNullException.ThrowIfNull(finding);
        JsonObject root = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!.AsObject();
        root["about"] = $"{finding.Kind} {finding.Invariant}: {finding.Detail}";
        root.Remove("concerns");
        RunResult run = finding.Run;
        root["patches"] = run.Patches.ToString();
        root["errata"] = run.Errata.ToString();
        JsonObject set = root["set"]?.AsObject() ?? [];
        foreach ((string name, string value) in exploration.Request.Settings)
        {
            set[name] = value;
        }

        root["set"] = set.DeepClone();
        JsonObject parallel = root["steps"]!.AsArray().Select(static step => step!.AsObject()).Single(static step => (string?)step["op"] == "parallel");
        parallel["schedule"] = new JsonArray([.. finding.Schedule.Select(static entry => (JsonNode)entry)]);
        HashSet<string> kept = [.. finding.Scenario.Steps.SelectMany(static step => step.Threads).SelectMany(static thread => thread.Value).Select(static step => step.Path)];
        int at = root["steps"]!.AsArray().IndexOf(parallel);
        foreach ((string thread, JsonNode? steps) in parallel["threads"]!.AsObject())
        {
            JsonArray operations = steps!.AsArray();
            for (int i = operations.Count - 1; i >= 0; i--)
            {
                if (!kept.Contains($"$.steps[{at}].threads.{thread}[{i}]"))
                {
                    operations.RemoveAt(i);
                }
            }
        }

        return root.ToJsonString(Indented) + "\n";
    }
}
