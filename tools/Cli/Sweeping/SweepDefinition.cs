using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Iopf.Sweeps;

namespace Iopf.Cli.Sweeping;

/// <summary>What makes a sweep the sweep it is: with the same definition, every point comes to the same.</summary>
internal static class SweepDefinition
{
    /// <summary>Describes a sweep.</summary>
    /// <param name="plan">The sweep.</param>
    /// <param name="scenarioText">The scenario's own text.</param>
    /// <returns>Names and values, in the order in which they are written.</returns>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(SweepPlan plan, string scenarioText)
    {
        List<KeyValuePair<string, string>> facts =
        [
            new("model", Model()),
            new("scenario", plan.Request.Scenario.Name),
            new("scenario_sha256", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(scenarioText)))),
            new("patches", plan.Request.PatchesInForce.ToString()),
            new("errata", plan.Request.ErrataInForce.ToString()),
            new("seed", plan.Request.Seed.ToString(CultureInfo.InvariantCulture)),
            new("settings", string.Join(' ', Fixed(plan))),
            new("zip", plan.IsZipped ? "true" : "false"),
        ];
        facts.AddRange(plan.Axes.Select(static axis => KeyValuePair.Create($"over {axis.Name}", string.Join(',', axis.Values))));
        facts.Add(new("columns", string.Join(',', plan.Columns.Select(static column => column.Name))));
        return facts;
    }

    private static IEnumerable<string> Fixed(SweepPlan plan) => plan.Request.SettingsInForce
        .Where(setting => !plan.Axes.Any(axis => axis.Name == setting.Key))
        .OrderBy(static setting => setting.Key, StringComparer.Ordinal)
        .Select(static setting => $"{setting.Key}={setting.Value}");

    // The commit is part of it: another state of the model may count otherwise.
    private static string Model() =>
        typeof(SweepPlan).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
