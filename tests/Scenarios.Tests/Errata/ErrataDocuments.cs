using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Iopf.Errata;
using Iopf.Patches;

namespace Iopf.Scenarios.Tests.Errata;

/// <summary>The documents that are made from the list of errata and their reproducers.</summary>
internal static partial class ErrataDocuments
{
    private const string Made = "Generated from src/Scenarios/Errata (`IOPF_UPDATE=1 dotnet test tests/Scenarios.Tests`); CI checks that it is true.\n\n";

    /// <summary>What each severity means.</summary>
    private static readonly Dictionary<string, string> Severities = new()
    {
        ["S1"] = "memory safety or silent loss of data",
        ["S2"] = "crash, hang or livelock of the host",
        ["S3"] = "wrong result or leak",
        ["S4"] = "performance or policy",
    };

    /// <summary>docs/errata-status.md: what the review shows of each defect.</summary>
    public static string Status()
    {
        ErratumReview[] reviews = [.. ErrataCatalog.All.Select(entry => ErratumReview.Of(entry))];
        StringBuilder text = new();
        text.Append("# What the review shows of each erratum\n\n").Append(Made);
        text.Append(CultureInfo.InvariantCulture, $"{reviews.Count(review => review.IsReproduced)} of {reviews.Length} are reproduced, ");
        text.Append(CultureInfo.InvariantCulture, $"{reviews.Count(review => review.IsGone)} of {reviews.Length} are gone when only they are corrected.\n\n");
        text.Append("*needs*: defects without which it cannot be reached; they are on in both runs. *remains*: what those break by themselves, and go on breaking ");
        text.Append("in the corrected run. *option*: a policy is not corrected but chosen.\n\n");
        text.Append("| id | posted | corrected | what was seen | needs | remains, option |\n|---|---|---|---|---|---|\n");
        foreach (ErratumReview review in reviews)
        {
            Reproducer? reproducer = review.Reproducer;
            IEnumerable<string> notes = reproducer is null
                ? ["no reproducer"]
                : reproducer.Remains.Select(part => $"remains: {part}").Concat(reproducer.CorrectedSettings.Select(option => $"option: {option.Key}={option.Value}"));
            string needs = reproducer is { Needs.IsEmpty: false } ? reproducer.Needs.ToString() : "";
            text.Append(CultureInfo.InvariantCulture, $"| {review.Entry.Id} | {(review.IsReproduced ? "reproduced" : "**not**")} | {(review.IsGone ? "gone" : "**not**")} ");
            text.Append(CultureInfo.InvariantCulture, $"| {Cell(reproducer?.About ?? "")} | {needs} | {Cell(string.Join("; ", notes))} |\n");
        }

        return text.ToString();
    }

    /// <summary>patches-map.md with the defects of each patch at the end of its section.</summary>
    public static string PatchesMap(string map) => Table().Replace(map, found => TableOf(int.Parse(found.Groups["patch"].Value, CultureInfo.InvariantCulture)));

    private static string TableOf(int patch)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"<!-- errata of patch {patch}, generated -->\n");
        text.Append("| erratum | severity | posted in | here | |\n|---|---|---|---|---|\n");
        foreach (ErrataEntry entry in ErrataCatalog.All.Where(entry => entry.Patch == patch))
        {
            string files = string.Join(", ", entry.Files.Select(file => Path.GetFileName(file)));
            text.Append(CultureInfo.InvariantCulture, $"| <a id=\"{entry.Id.ToString().ToLowerInvariant()}\"></a>{entry.Id} | {entry.Severity} | `{entry.Function}` | {files} | {Cell(entry.Title)} |\n");
        }

        return text.Append("<!-- end -->").ToString();
    }

    /// <summary>The severities and how many defects of each patch have them.</summary>
    public static string Totals()
    {
        StringBuilder text = new();
        text.Append("| patch | defects | ").AppendJoin(" | ", Severities.Keys).Append(" |\n|---|---|---|---|---|---|\n");
        foreach (PatchModule patch in PatchCatalog.All)
        {
            ErrataEntry[] own = [.. ErrataCatalog.All.Where(entry => entry.Patch == patch.Number)];
            text.Append(CultureInfo.InvariantCulture, $"| {patch.Number} {patch.Title} | {own.Length} | ");
            text.AppendJoin(" | ", Severities.Keys.Select(severity => own.Count(entry => entry.Severity == severity))).Append(" |\n");
        }

        return text.ToString();
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    [GeneratedRegex(@"<!-- errata of patch (?<patch>\d), generated -->.*?<!-- end -->", RegexOptions.Singleline)]
    private static partial Regex Table();
}
