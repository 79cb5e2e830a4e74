using System.Net;
using Iopf.Views;
using Iopf.Workloads;

namespace Iopf.Cli.Output;

/// <summary>The cover letter's table as one page of HTML that needs nothing else, in light and in dark.</summary>
internal static class TablePage
{
    private const string Style =
        ":root{color-scheme:light dark;--ink:#1f2933;--paper:#fff;--rule:#cbd2d9;--head:#f5f7fa}"
        + "@media(prefers-color-scheme:dark){:root{--ink:#e4e7eb;--paper:#14181d;--rule:#3e4c59;--head:#1f262e}}"
        + "body{font:14px system-ui,sans-serif;margin:24px;color:var(--ink);background:var(--paper);max-width:1100px}"
        + "table{border-collapse:collapse;margin:12px 0}td,th{border:1px solid var(--rule);padding:1px 8px;text-align:left;"
        + "font:12px ui-monospace,Consolas,'DejaVu Sans Mono',monospace}th{background:var(--head)}.wide{overflow-x:auto}";

    /// <summary>The lines of the page.</summary>
    /// <param name="table">The table.</param>
    /// <param name="together">The runs of several devices.</param>
    /// <returns>The lines, without line breaks.</returns>
    public static IEnumerable<string> Lines(CoverLetterTable table, IReadOnlyList<TopologyRow> together) =>
    [
        "<!DOCTYPE html>",
        $"<html lang=\"en\"><head><meta charset=\"utf-8\"><title>The cover letter's table</title><style>{Style}</style></head><body>",
        "<h1>The cover letter's table</h1>",
        $"<p>Published and modelled, as posted. {Encoded(TableText.WorstDifference(table.Worst))}</p>",
        TablePicture.Draw(table).ToString(),
        .. Table(TableText.Header, table.Rows.Select(TableText.Cells)),
        .. TableNotes.Of(table).Select(static note => $"<p>[{note.Mark}] {Encoded(note.Text)}</p>"),
        "<h2>What the slowdowns rest on</h2>",
        .. Table(TableText.ParameterHeader, table.Parameters.Select(TableText.ParameterCells)),
        "<h2>Where the time goes</h2>",
        FaultStagesPicture.Draw(table).ToString(),
        .. Table(WhereTimeGoesText.StageHeader, WhereTimeGoesText.Cells(table).Select(WhereTimeGoesText.StageCells)),
        .. Table(WhereTimeGoesText.RunHeader, WhereTimeGoesText.Cells(table).Select(WhereTimeGoesText.RunCells)),
        "<h2>Two devices, and what they share</h2>",
        .. Table(WhereTimeGoesText.RunHeader, WhereTimeGoesText.Cells(together).Select(WhereTimeGoesText.RunCells)),
        "</body></html>",
    ];

    private static IEnumerable<string> Table(string[] header, IEnumerable<string[]> rows) =>
    [
        "<div class=\"wide\"><table>",
        $"<tr>{string.Concat(header.Select(static name => $"<th>{Encoded(name)}</th>"))}</tr>",
        .. rows.Select(static row => $"<tr>{string.Concat(row.Select(static cell => $"<td>{Encoded(cell)}</td>"))}</tr>"),
        "</table></div>",
    ];

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);
}
