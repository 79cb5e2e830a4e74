using System.Globalization;
using System.Net;
using Iopf.Comparing;
using Iopf.Kernel;
using Iopf.Views;

namespace Iopf.Cli.Output;

/// <summary>A comparison as one page of HTML that needs nothing else: tables, pages over time, and both traces side by side.</summary>
internal static class ComparisonPage
{
    private const string Style =
        "body{font:14px system-ui,sans-serif;margin:24px;color:#1f2933;background:#fff}table{border-collapse:collapse}"
        + "td,th{border:1px solid #cbd2d9;padding:2px 8px;text-align:left;vertical-align:top}th{background:#f5f7fa}"
        + "code,.trace td{font:12px ui-monospace,Consolas,'DejaVu Sans Mono',monospace}.trace td{width:50%;word-break:break-word}"
        + ".only-left{background:#ffe3e3}.only-right{background:#e3f9e5}.time{color:#7b8794}summary{cursor:pointer;padding:3px 0}"
        + ".differs>summary{font-weight:bold}.strips{display:flex;flex-wrap:wrap;gap:16px}";

    /// <summary>The lines of the page.</summary>
    /// <param name="comparison">The comparison; its runs were observed with states.</param>
    /// <returns>The lines, without line breaks.</returns>
    public static IEnumerable<string> Lines(Comparison comparison)
    {
        string left = comparison.Left.Variant.ToString();
        string right = comparison.Right.Variant.ToString();
        string title = Encoded($"{comparison.Left.Result.Scenario}: {left} against {right}");
        yield return "<!DOCTYPE html>";
        yield return $"<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title><style>{Style}</style></head><body>";
        yield return $"<h1>{title}</h1>";
        foreach (string line in Differences(comparison, left, right).Concat(Parting(comparison)))
        {
            yield return line;
        }

        yield return "<h2>Pages over time</h2><p>One row after each operation that changed something: its number, locked_vm, and a cell for each page of every mapping. "
            + "White: not mapped. Green: mapped, free to move. Yellow: mapped and pinned. Red: pinned only.</p><div class=\"strips\">";
        yield return StripsOverTime.Draw(left, comparison.Left.States).ToString();
        yield return StripsOverTime.Draw(right, comparison.Right.States).ToString();
        yield return "</div>";
        foreach (string line in Traces(comparison, left, right))
        {
            yield return line;
        }

        yield return "</body></html>";
    }

    private static IEnumerable<string> Differences(Comparison comparison, string left, string right)
    {
        yield return "<h2>Outcomes</h2>";
        if (comparison.Differences.Count == 0)
        {
            yield return "<p>The outcomes are the same.</p>";
            yield break;
        }

        yield return $"<table><tr><th>what differs</th><th>{Encoded(left)}</th><th>{Encoded(right)}</th></tr>";
        foreach (OutcomeDifference difference in comparison.Differences)
        {
            yield return $"<tr><td><code>{Encoded(difference.What)}</code></td><td><code>{Encoded(difference.Left)}</code></td>"
                + $"<td><code>{Encoded(difference.Right)}</code></td></tr>";
        }

        yield return "</table>";
    }

    private static IEnumerable<string> Parting(Comparison comparison)
    {
        yield return "<h2>Where the runs part</h2>";
        if (comparison.Divergence is not Divergence divergence)
        {
            yield return "<p>The traces are the same.</p>";
            yield break;
        }

        yield return $"<p>Step {divergence.Step}{(divergence.IsTimeOnly ? ", by its time only" : "")}: <code>{Encoded(TextOf(divergence.Left))}</code> on the left, "
            + $"<code>{Encoded(TextOf(divergence.Right))}</code> on the right.</p><ul>";
        foreach (string line in ComparisonText.Makers(divergence))
        {
            yield return $"<li>{Encoded(line.Trim())}</li>";
        }

        yield return "</ul>";
    }

    private static IEnumerable<string> Traces(Comparison comparison, string left, string right)
    {
        yield return "<h2>Both traces</h2><p>Operations in which they differ are open.</p>";
        int count = Math.Max(comparison.Left.Result.Operations.Count, comparison.Right.Result.Operations.Count);
        for (int operation = 0; operation < count; operation++)
        {
            IReadOnlyList<(TraceEvent? Left, TraceEvent? Right)> rows = AlignedTraces.Rows(comparison.Left, comparison.Right, operation);
            ObservedRun named = operation < comparison.Left.Result.Operations.Count ? comparison.Left : comparison.Right;
            bool differs = rows.Any(row => row.Left is null || row.Right is null);
            yield return $"<details{(differs ? " open class=\"differs\"" : "")}><summary>{operation} {Encoded(named.Result.Operations[operation].Text)}</summary>"
                + $"<table class=\"trace\"><tr><th>{Encoded(left)}</th><th>{Encoded(right)}</th></tr>";
            foreach ((TraceEvent? one, TraceEvent? other) in rows)
            {
                string style = one is null ? " class=\"only-right\"" : other is null ? " class=\"only-left\"" : "";
                yield return $"<tr{style}><td>{CellOf(one)}</td><td>{CellOf(other)}</td></tr>";
            }

            yield return "</table></details>";
        }
    }

    private static string CellOf(TraceEvent? step) => step is TraceEvent found
        ? $"<span class=\"time\">{(found.Nanoseconds / 1000m).ToString("0.000", CultureInfo.InvariantCulture)}</span> {Encoded(TextOf(found))}"
        : "";

    private static string TextOf(TraceEvent? step) => step is TraceEvent found
        ? $"{found.Thread} {found.Function}{(found.Iova is Iova iova ? $" {iova}" : "")}: {found.Text.ReplaceLineEndings(" ")}"
        : "the run has ended";

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);
}
