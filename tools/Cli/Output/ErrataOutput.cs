using System.Globalization;
using System.Text.Json;
using Iopf.Errata;

namespace Iopf.Cli.Output;

/// <summary>Defects as a table, in full, and as JSON.</summary>
internal static class ErrataOutput
{
    private const int Width = 100;
    private const int Indent = 14;

    /// <summary>One line for each.</summary>
    /// <param name="entries">The defects.</param>
    /// <returns>The lines.</returns>
    public static IEnumerable<string> Table(IReadOnlyList<ErrataEntry> entries)
    {
        foreach (string line in TextTable.Lines(["id", "patch", "sev", "kind", "title", "raised by"], entries.Select(Cells)))
        {
            yield return line;
        }

        int unreported = entries.Count(entry => entry.RaisedBy.StartsWith("unreported", StringComparison.Ordinal));
        yield return "";
        yield return $"{entries.Count} defects, {unreported} of them never mentioned on the list; iopf errata ID tells one in full, iopf review shows them.";
    }

    /// <summary>One in full.</summary>
    /// <param name="entry">The defect.</param>
    /// <returns>The lines.</returns>
    public static IEnumerable<string> Full(ErrataEntry entry)
    {
        yield return $"{entry.Id} {entry.Title}";
        yield return "";
        (string Name, string Text)[] fields =
        [
            ("patch", Number(entry.Patch)),
            ("severity", entry.Severity),
            ("kind", entry.Kind == "race" ? "race: needs an interleaving" : "seq: a sequence of calls shows it"),
            ("raised by", entry.RaisedBy),
            ("status", entry.Status),
            ("posted", entry.Posted),
            ("trigger", entry.Trigger),
            ("consequence", entry.Consequence),
            ("invariant", entry.Invariant),
            ("corrected", entry.Corrected),
            ("function", entry.Function),
            ("our file", entry.Files.Count == 0 ? "none" : string.Join(" ", entry.Files)),
        ];
        foreach ((string name, string text) in fields)
        {
            string label = name.PadRight(Indent);
            foreach (string line in Wrapped(text, Width - Indent))
            {
                yield return label + line;
                label = new string(' ', Indent);
            }
        }
    }

    /// <summary>Writes the members of the document.</summary>
    /// <param name="json">The document.</param>
    /// <param name="entries">The defects.</param>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<ErrataEntry> entries)
    {
        json.WriteObjects("errata", entries, entry =>
        {
            json.WriteString("id", entry.Id.ToString());
            json.WriteNumber("patch", entry.Patch);
            json.WriteString("severity", entry.Severity);
            json.WriteString("kind", entry.Kind);
            json.WriteString("title", entry.Title);
            json.WriteString("raised_by", entry.RaisedBy);
            json.WriteString("status", entry.Status);
            json.WriteString("posted", entry.Posted);
            json.WriteString("trigger", entry.Trigger);
            json.WriteString("consequence", entry.Consequence);
            json.WriteString("invariant", entry.Invariant);
            json.WriteString("corrected", entry.Corrected);
            json.WriteString("function", entry.Function);
            json.WriteTexts("files", entry.Files);
        });
        json.WriteNumber("total", entries.Count);
    }

    private static string[] Cells(ErrataEntry entry) =>
        [entry.Id.ToString(), Number(entry.Patch), entry.Severity, entry.Kind, entry.Title, Short(entry.RaisedBy)];

    private static string Short(string raisedBy)
    {
        int end = raisedBy.AsSpan().IndexOfAny(",(;");
        return (end < 0 ? raisedBy : raisedBy[..end]).Trim();
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<string> Wrapped(string text, int width)
    {
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        yield return line;
    }
}
