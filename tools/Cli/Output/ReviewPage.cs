using System.Net;
using Iopf.Comparing;
using Iopf.Errata;
using Iopf.Kernel;
using Iopf.Scenarios;
using Iopf.Views;

namespace Iopf.Cli.Output;

/// <summary>A review as one page of HTML that needs nothing else: something to attach to a review mail.</summary>
internal static class ReviewPage
{
    // The last steps tell the story; the first ones open files.
    private const int StepsShown = 40;

    private const string Style =
        "body{font:14px system-ui,sans-serif;margin:24px;color:#1f2933;background:#fff;max-width:1280px}table{border-collapse:collapse}"
        + "td,th{border:1px solid #cbd2d9;padding:2px 8px;text-align:left;vertical-align:top}th{background:#f5f7fa}"
        + "code{font:12px ui-monospace,Consolas,'DejaVu Sans Mono',monospace}.bad{background:#ffe3e3}.good{background:#e3f9e5}"
        + "h2{margin-top:36px;border-top:1px solid #cbd2d9;padding-top:16px}dt{font-weight:bold;margin-top:6px}summary{cursor:pointer;padding:4px 0}";

    /// <summary>The lines of the page.</summary>
    /// <param name="reviews">The reviews.</param>
    /// <returns>The lines, without line breaks.</returns>
    public static IEnumerable<string> Lines(IReadOnlyList<ErratumReview> reviews)
    {
        const string Title = "Review of &quot;Add IOPF support for VFIO passthrough&quot;, v3";
        yield return "<!DOCTYPE html>";
        yield return $"<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{Title}</title><style>{Style}</style></head><body><h1>{Title}</h1>";
        yield return $"<p>{reviews.Count(review => review.IsReproduced)} of {reviews.Count} defects of the posted code are reproduced; "
            + $"{reviews.Count(review => review.IsGone)} are gone when only their statement is corrected, with every promise kept.</p>";
        yield return "<table><tr><th>id</th><th>patch</th><th>severity</th><th>title</th><th>posted</th><th>corrected</th></tr>";
        foreach (ErratumReview review in reviews)
        {
            yield return $"<tr><td><a href=\"#{review.Entry.Id}\">{review.Entry.Id}</a></td><td>{review.Entry.Patch}</td><td>{review.Entry.Severity}</td>"
                + $"<td>{Encoded(review.Entry.Title)}</td>{Cell(review.IsReproduced, "reproduced", "not reproduced")}{Cell(review.IsGone, "gone", "still there")}</tr>";
        }

        yield return "</table>";
        foreach (string line in reviews.SelectMany(Section))
        {
            yield return line;
        }

        yield return "</body></html>";
    }

    private static string Cell(bool isGood, string good, string bad) => $"<td class=\"{(isGood ? "good" : "bad")}\">{(isGood ? good : bad)}</td>";

    private static IEnumerable<string> Section(ErratumReview review)
    {
        ErrataEntry entry = review.Entry;
        yield return $"<h2 id=\"{entry.Id}\">{entry.Id} {Encoded(entry.Title)}</h2>";
        yield return $"<p>Patch {entry.Patch} (<a href=\"patches-map.md#{entry.Id.ToString().ToLowerInvariant()}\">patches-map.md</a>), {entry.Severity}, "
            + $"<code>{Encoded(entry.Function)}</code>, raised by: {Encoded(entry.RaisedBy)}</p><dl>";
        (string Name, string Text)[] parts =
        [
            ("Posted", entry.Posted), ("Trigger", entry.Trigger), ("Consequence", entry.Consequence), ("Corrected", entry.Corrected),
            ("Seen here", review.IsReproduced ? review.Observed : "nothing"), ("Objection to the corrected run", review.Objection),
        ];
        foreach ((string name, string text) in parts.Where(part => part.Text.Length > 0))
        {
            yield return $"<dt>{name}</dt><dd>{Encoded(text)}</dd>";
        }

        yield return "</dl>";
        if (review is { Posted: { } posted, Corrected: { } corrected })
        {
            foreach (string line in Runs(review, posted, corrected))
            {
                yield return line;
            }
        }
    }

    private static IEnumerable<string> Runs(ErratumReview review, ObservedRun posted, ObservedRun corrected)
    {
        yield return "<details><summary>The operations of both runs</summary><table><tr><th>#</th><th>operation</th><th>posted</th><th>corrected</th></tr>";
        foreach ((RunOperation? one, RunOperation? other) in Paired(posted.Result.Operations, corrected.Result.Operations))
        {
            RunOperation shown = (one ?? other)!;
            yield return $"<tr{(one?.Result == other?.Result ? "" : " class=\"bad\"")}><td>{one?.Index}</td><td><code>{Encoded(shown.Text)}</code></td>"
                + $"<td>{Encoded(one?.Result ?? "")}</td><td>{Encoded(other?.Result ?? "")}</td></tr>";
        }

        yield return "</table></details>";
        int step = Divergence.First(posted.Events, corrected.Events);
        if (step >= 0)
        {
            yield return $"<p>The runs part at step {step}. Posted: <code>{Encoded(TextOf(posted.Events, step))}</code>. "
                + $"Corrected: <code>{Encoded(TextOf(corrected.Events, step))}</code>.</p>";
        }

        TraceEvent[] last = [.. posted.Events.Skip(FirstShown(posted, step))];
        if (last.Length > 0)
        {
            SequenceDiagram diagram = SequenceDiagram.Of($"{review.Entry.Id}: the last {last.Length} steps of the posted run", last);
            yield return $"<details><summary>The failing run</summary>{SequencePicture.Draw(diagram)}</details>";
        }
    }

    /// <summary>The same operations of both runs side by side; threads may have come to theirs in another order.</summary>
    private static IEnumerable<(RunOperation? One, RunOperation? Other)> Paired(IReadOnlyList<RunOperation> posted, IReadOnlyList<RunOperation> corrected)
    {
        List<RunOperation> left = [.. corrected];
        foreach (RunOperation one in posted)
        {
            RunOperation? other = left.Find(candidate => candidate.Text == one.Text);
            if (other is not null)
            {
                left.Remove(other);
            }

            yield return (one, other);
        }

        foreach (RunOperation other in left)
        {
            yield return (null, other);
        }
    }

    /// <summary>From the operation in which the runs part, or as much of its end as a picture holds.</summary>
    private static int FirstShown(ObservedRun posted, int step)
    {
        int last = Math.Max(0, posted.Events.Count - StepsShown);
        return posted.OperationOf(step < 0 ? posted.Events.Count - 1 : step) is { } operation
            ? Math.Max(last, posted.StepsOf(operation.Index).First)
            : last;
    }

    private static string TextOf(IReadOnlyList<TraceEvent> events, int step) => step < events.Count
        ? $"{events[step].Thread} {events[step].Function}: {events[step].Text.ReplaceLineEndings(" ")}"
        : "the run has ended";

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);
}
