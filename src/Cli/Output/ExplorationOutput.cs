using System.Globalization;
using System.Text.Json;
using Iopf.Exploring;

namespace Iopf.Cli.Output;

/// <summary>An exploration as lines and as JSON.</summary>
internal static class ExplorationOutput
{
    /// <summary>How far it is.</summary>
    /// <param name="schedules">How many schedules were tried.</param>
    /// <param name="findings">How many findings there are.</param>
    /// <param name="share">The share that is done, if it is known.</param>
    /// <returns>A few words.</returns>
    public static string Progress(long schedules, int findings, double? share) => string.Create(
        CultureInfo.InvariantCulture,
        $"{schedules} schedules, {findings} findings{(share is double done ? $", about {done * 100:0.0} % done" : "")}");

    /// <summary>What was covered, then every finding with its schedule.</summary>
    /// <param name="exploration">The exploration.</param>
    /// <returns>The lines.</returns>
    public static IEnumerable<string> Lines(Exploration exploration)
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{exploration.Scenario}, strategy {exploration.Options.Strategy}: {(exploration.IsExhausted ? "exhausted, " : "")}{exploration.Schedules} schedules, "
            + $"{exploration.Findings.Count} findings");
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{exploration.GivenUp} given up because others show the same, {exploration.TooLong} did not end; the longest has {exploration.LongestRun} choices");
        foreach (Finding finding in exploration.Findings)
        {
            yield return "";
            yield return $"{finding.Invariant}: {finding.Detail}";
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"    found by schedule {finding.FoundAt}, shortened from {finding.OriginalEntries} to {finding.Schedule.Count} entries; as the \"schedule\" of the step:");
            yield return $"    [{string.Join(", ", finding.Schedule.Select(entry => $"\"{entry}\""))}]";
        }
    }

    /// <summary>Writes the members of the document.</summary>
    /// <param name="json">The document.</param>
    /// <param name="exploration">The exploration.</param>
    public static void Write(Utf8JsonWriter json, Exploration exploration)
    {
        json.WriteString("scenario", exploration.Scenario);
        json.WriteString("strategy", exploration.Options.Strategy);
        json.WriteNumber("seed", exploration.Options.Seed);
        json.WriteNumber("schedules", exploration.Schedules);
        json.WriteNumber("given_up", exploration.GivenUp);
        json.WriteNumber("too_long", exploration.TooLong);
        json.WriteNumber("longest", exploration.LongestRun);
        json.WriteBoolean("exhausted", exploration.IsExhausted);
        json.WriteObjects("findings", exploration.Findings, finding =>
        {
            json.WriteString("invariant", finding.Invariant);
            json.WriteString("detail", finding.Detail);
            json.WriteNumber("found_at", finding.FoundAt);
            json.WriteNumber("entries", finding.OriginalEntries);
            json.WriteTexts("schedule", finding.Schedule);
        });
    }
}
