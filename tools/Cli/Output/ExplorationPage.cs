using System.Globalization;
using System.Net;
using Iopf.Exploring;
using Iopf.Views;

namespace Iopf.Cli.Output;

/// <summary>An exploration as one page of HTML that needs nothing else.</summary>
internal static class ExplorationPage
{
    private const string Style =
        "body{font:14px system-ui,sans-serif;margin:24px;color:#1f2933;background:#fff}table{border-collapse:collapse}"
        + "td,th{border:1px solid #cbd2d9;padding:1px 8px;text-align:left;font:12px ui-monospace,Consolas,'DejaVu Sans Mono',monospace}th{background:#f5f7fa}"
        + "td.on{background:#e0f2fe}h2{margin-top:32px;border-top:1px solid #cbd2d9;padding-top:12px}summary{cursor:pointer;padding:6px 0}";

    /// <summary>The lines of the page.</summary>
    /// <param name="report">The exploration.</param>
    /// <returns>The lines, without line breaks.</returns>
    public static IEnumerable<string> Lines(ExplorationReport report)
    {
        string title = Encoded($"{report.Exploration.Scenario} explored");
        yield return "<!DOCTYPE html>";
        yield return $"<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title><style>{Style}</style></head><body><h1>{title}</h1>";
        foreach (string line in ExplorationOutput.Lines(report).TakeWhile(static line => line.Length > 0))
        {
            yield return $"<p>{Encoded(line)}</p>";
        }

        foreach (string line in report.Findings.SelectMany(Section))
        {
            yield return line;
        }

        yield return "<h2>Order of locks, over all schedules</h2>";
        yield return LockGraphPicture.Draw(report.Exploration.Locks).ToString();
        yield return "</body></html>";
    }

    private static IEnumerable<string> Section(Finding finding)
    {
        yield return $"<h2>{Encoded(finding.Invariant)} ({Encoded(finding.Kind)})</h2><p>{Encoded(finding.Detail)}</p>";
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"<p>Found by schedule {finding.FoundAt}; {finding.OriginalSwitches} switches of threads, minimised {finding.Switches}. Schedule: "
            + $"<code>{Encoded(string.Join(", ", finding.Schedule))}</code></p>");
        int[] threads = [.. finding.Story.Steps.Select(static step => step.Thread).Distinct().Order()];
        yield return $"<table><tr><th>#</th>{string.Concat(threads.Select(thread => $"<th>{Encoded(finding.Story.Threads[thread])}</th>"))}</tr>";
        int number = 0;
        foreach (StoryStep step in finding.Story.Steps)
        {
            string cells = string.Concat(threads.Select(thread => thread == step.Thread ? $"<td class=\"on\">{Encoded(step.What)}</td>" : "<td></td>"));
            yield return string.Create(CultureInfo.InvariantCulture, $"<tr><td>{++number}</td>{cells}</tr>");
        }

        yield return "</table>";
        yield return $"<details><summary>As a sequence diagram</summary>{SequencePicture.Draw(finding.Story.Diagram($"{finding.Invariant} ({finding.Kind})"))}</details>";
    }

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);
}
