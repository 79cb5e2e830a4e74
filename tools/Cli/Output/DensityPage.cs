using System.Net;
using Iopf.Density;

namespace Iopf.Cli.Output;

/// <summary>A density study as one page of HTML that needs nothing else.</summary>
internal static class DensityPage
{
    private const string Style =
        "body{font:14px system-ui,sans-serif;margin:24px;color:#1f2933;background:#fff}table{border-collapse:collapse;margin:16px 0}"
        + "td,th{border:1px solid #cbd2d9;padding:2px 8px;text-align:left;font-size:13px}th{background:#f5f7fa}svg{max-width:100%;height:auto;display:block;margin:16px 0}"
        + "@media (prefers-color-scheme:dark){body{color:#e4e7eb;background:#12181f}th{background:#1f2933}td,th{border-color:#3e4c59}}";

    /// <summary>The lines of the page.</summary>
    /// <param name="study">The study.</param>
    /// <returns>The lines, without line breaks.</returns>
    public static IEnumerable<string> Lines(DensityStudy study)
    {
        yield return "<!DOCTYPE html>";
        yield return $"<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Guests per host</title><style>{Style}</style></head><body><h1>Guests per host</h1>";
        yield return $"<p>{Encoded(DensityText.Asked(study.Spec))}</p>";
        IEnumerable<string> tables = Table(DensityText.PolicyHeader, study.Curves.Select(DensityText.PolicyRow))
            .Concat(DensityCharts.Names.SelectMany(name => DensityCharts.Of(study, name).Lines()))
            .Concat(Table(DensityText.RunHeader, study.Curves.SelectMany(static curve => curve.Runs).Select(DensityText.RunRow)))
            .Concat(["<h2>What the numbers rest on</h2>"])
            .Concat(Table(
                ["option", "value", "unit", "status", "source"],
                DensityParameters.Of(study.Spec).Select(static number => new[] { number.Name, number.Value, number.Unit, number.Status, number.Source })));
        foreach (string line in tables)
        {
            yield return line;
        }

        yield return "</body></html>";
    }

    private static IEnumerable<string> Table(string[] header, IEnumerable<string[]> rows)
    {
        yield return $"<table><tr>{string.Concat(header.Select(static name => $"<th>{Encoded(name)}</th>"))}</tr>";
        foreach (string[] row in rows)
        {
            yield return $"<tr>{string.Concat(row.Select(static cell => $"<td>{Encoded(cell)}</td>"))}</tr>";
        }

        yield return "</table>";
    }

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);
}
