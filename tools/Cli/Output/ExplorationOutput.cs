using System.Globalization;
using System.Text.Json;
using Iopf.Exploring;

namespace Iopf.Cli.Output;

/// <summary>An exploration as lines and as JSON.</summary>
internal static class ExplorationOutput
{
    // A story that does not fit on a screen is told by its end.
    private const int StepsShown = 60;

    /// <summary>How far it is.</summary>
    /// <param name="progress">How many were tried, and what was found.</param>
    /// <param name="elapsed">Since when.</param>
    /// <returns>A few words.</returns>
    public static string Progress(in ExplorationProgress progress, TimeSpan elapsed)
    {
        double rate = progress.Schedules / Math.Max(elapsed.TotalSeconds, 0.001);
        string share = progress.Share is double done
            ? string.Create(CultureInfo.InvariantCulture, $", about {done * 100:0.0} % done")
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{progress.Schedules} schedules, {progress.States} states, {rate:0} schedules/s, {progress.Findings.Count} findings{share}");
    }

    /// <summary>What was covered, then every finding with its schedule.</summary>
    /// <param name="report">The exploration.</param>
    /// <returns>The lines.</returns>
    public static IEnumerable<string> Lines(ExplorationReport report)
    {
        Exploration exploration = report.Exploration;
        string bound = exploration.Options.Strategy.StartsWith("bounded", StringComparison.Ordinal) ? " within the bound" : "";
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{exploration.Scenario}, {exploration.Kernel}, strategy {exploration.Options.Strategy}: {(exploration.IsExhausted ? $"exhausted{bound}, " : "")}{exploration.Schedules} schedules, "
            + $"{exploration.Findings.Count} findings");
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{exploration.States}{(exploration.IsStateCountFull ? " or more" : "")} states, {exploration.GivenUp} schedules left half-way because others show the same, "
            + $"{exploration.Unfair} unfair; the longest has {exploration.LongestRun} choices; {report.Elapsed.TotalSeconds:0.0} s");
        if (report.Hunt is { } hunt)
        {
            yield return hunt.Found is not null
                ? $"{hunt.Wanted} is found: the finding shown here is gone under the same schedule when only it is corrected"
                : $"{hunt.Wanted} is not found";
        }

        foreach (Finding finding in report.Findings)
        {
            yield return "";
            yield return $"{finding.Invariant} ({finding.Kind}): {finding.Detail}";
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"    found by schedule {finding.FoundAt}; {finding.OriginalSwitches} switches of threads, minimised {finding.Switches}; {finding.Operations} operations");
            yield return $"    \"schedule\": [{string.Join(", ", finding.Schedule.Select(entry => $"\"{entry}\""))}]";
            foreach (string line in StoryText.Lines(finding.Story, StepsShown))
            {
                yield return line;
            }
        }
    }

    /// <summary>Writes the members of the document.</summary>
    /// <param name="json">The document.</param>
    /// <param name="report">The exploration.</param>
    public static void Write(Utf8JsonWriter json, ExplorationReport report)
    {
        Exploration exploration = report.Exploration;
        json.WriteString("scenario", exploration.Scenario);
        json.WriteString("kernel", exploration.Kernel);
        json.WriteString("strategy", exploration.Options.Strategy);
        json.WriteNumber("seed", exploration.Options.Seed);
        json.WriteNumber("schedules", exploration.Schedules);
        json.WriteNumber("states", exploration.States);
        json.WriteNumber("given_up", exploration.GivenUp);
        json.WriteNumber("unfair", exploration.Unfair);
        json.WriteNumber("longest", exploration.LongestRun);
        json.WriteBoolean("exhausted", exploration.IsExhausted);
        json.WriteNumber("seconds", Math.Round(report.Elapsed.TotalSeconds, 3));
        if (report.Hunt is { } hunt)
        {
            json.WriteString("wanted", hunt.Wanted.ToString());
            json.WriteBoolean("found", hunt.Found is not null);
        }

        json.WriteObjects("findings", [.. report.Findings], finding =>
        {
            json.WriteString("kind", finding.Kind);
            json.WriteString("invariant", finding.Invariant);
            json.WriteString("detail", finding.Detail);
            json.WriteNumber("found_at", finding.FoundAt);
            json.WriteNumber("original_switches", finding.OriginalSwitches);
            json.WriteNumber("context_switches", finding.Switches);
            json.WriteNumber("operations", finding.Operations);
            json.WriteTexts("schedule", finding.Schedule);
        });
        json.WriteTexts("lock_cycles", exploration.Locks.Cycles);
    }
}
