using System.Globalization;
using System.Text.Json;
using Iopf.Errata;

namespace Iopf.Cli.Output;

/// <summary>A review as lines and as JSON.</summary>
internal static class ReviewOutput
{
    private const int LongestSeen = 160;

    /// <summary>One line for each defect, then the totals.</summary>
    /// <param name="reviews">The reviews.</param>
    /// <returns>The lines.</returns>
    public static IEnumerable<string> Lines(IReadOnlyList<ErratumReview> reviews)
    {
        foreach (string line in TextTable.Lines(["id", "patch", "sev", "title", "posted", "corrected", "what was seen"], reviews.Select(Cells)))
        {
            yield return line;
        }

        yield return "";
        foreach (string line in TextTable.Lines(["by patch", "defects", "reproduced", "gone"], Totals(reviews, review => $"patch {review.Entry.Patch}")))
        {
            yield return line;
        }

        yield return "";
        foreach (string line in TextTable.Lines(["by severity", "defects", "reproduced", "gone"], Totals(reviews, review => review.Entry.Severity)))
        {
            yield return line;
        }

        yield return "";
        yield return $"{reviews.Count(review => review.IsReproduced)} of {reviews.Count} reproduced, "
            + $"{reviews.Count(review => review.IsGone)} of {reviews.Count} gone when corrected";
    }

    /// <summary>Writes the members of the document.</summary>
    /// <param name="json">The document.</param>
    /// <param name="reviews">The reviews.</param>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<ErratumReview> reviews)
    {
        json.WriteObjects("errata", reviews, review =>
        {
            json.WriteString("id", review.Entry.Id.ToString());
            json.WriteNumber("patch", review.Entry.Patch);
            json.WriteString("severity", review.Entry.Severity);
            json.WriteString("title", review.Entry.Title);
            json.WriteString("posted", review.IsReproduced ? "reproduced" : "not_reproduced");
            json.WriteString("corrected", review.IsGone ? "gone" : "still_there");
            json.WriteString("observed", review.Observed);
            json.WriteString("invariant", review.Reproducer?.Invariant ?? review.Entry.Invariant);
            json.WriteString("objection", review.Objection);
            json.WriteTexts("needs", [.. (review.Reproducer?.Needs.Members ?? []).Select(id => id.ToString())]);
        });
        json.WriteNumber("reproduced", reviews.Count(review => review.IsReproduced));
        json.WriteNumber("gone", reviews.Count(review => review.IsGone));
        json.WriteNumber("total", reviews.Count);
    }

    private static string[] Cells(ErratumReview review) =>
    [
        review.Entry.Id.ToString(),
        Number(review.Entry.Patch),
        review.Entry.Severity,
        review.Entry.Title,
        review.IsReproduced ? "reproduced" : "NOT REPRODUCED",
        review.IsGone ? "gone" : "STILL THERE",
        Seen(review),
    ];

    private static string Seen(ErratumReview review)
    {
        string seen = review.Objection.Length > 0 ? $"objection: {review.Objection}" : review.Observed;
        return seen.Length <= LongestSeen ? seen : seen[..(LongestSeen - 3)] + "...";
    }

    private static IEnumerable<string[]> Totals(IReadOnlyList<ErratumReview> reviews, Func<ErratumReview, string> key) => reviews
        .GroupBy(key)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => new[]
        {
            group.Key, Number(group.Count()), Number(group.Count(review => review.IsReproduced)), Number(group.Count(review => review.IsGone)),
        });

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
