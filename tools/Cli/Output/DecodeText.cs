using System.Text;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.Patches;
using Iopf.SmmuLog;

namespace Iopf.Cli.Output;

/// <summary>What the decoder finds, as a person reads it: one paragraph each, and a table of counts at the end.</summary>
internal sealed class DecodeText(Terminal terminal) : IDecodeOutput
{
    private const int Width = 120;
    private const string Indent = "    ";
    private const int LabelWidth = 10;

    /// <inheritdoc/>
    public void Record(SmmuRecord record)
    {
        EventFacts facts = record.Facts;
        StringBuilder text = new();
        Head(text, record.Place, record.Device, $"{record.Description.Name} (0x{(byte)(facts.Type ?? 0):x2})");
        Body(text, facts, record.Printed?.Client);
        if (record.Words is EventRecord words)
        {
            Row(text, "words", string.Join(' ', DecodeWords.Of(words)));
        }

        record.Notes.ToList().ForEach(note => Row(text, "note", note));
        record.Disagreements.ToList().ForEach(disagreement => Row(text, "CONFLICT", disagreement));
        Row(text, "cause", record.Description.Cause);
        if (record.View is { } view)
        {
            Row(text, "Linux", view.Text);
        }

        Print(text);
    }

    /// <inheritdoc/>
    public void Incomplete(IncompleteRecord incomplete)
    {
        StringBuilder text = new();
        string name = incomplete.Facts.Type is SmmuEventType type ? $"{EventDescription.Of(type).Name} (0x{(byte)type:x2})" : "event of unknown type";
        Head(text, incomplete.Place, incomplete.Device, $"INCOMPLETE {name}");
        Row(text, "why", incomplete.Reason);
        if (incomplete.Repair is { } repair)
        {
            Row(text, "repair", $"without the blank it would read {repair}; it is not taken for that");
        }

        Body(text, incomplete.Facts, incomplete.Printed?.Client);
        if (incomplete.Words.Count > 0)
        {
            Row(text, "words", string.Join(' ', incomplete.Words.Select(word => word is ulong value ? DecodeWords.Of(value) : "(damaged)")));
        }

        Print(text);
    }

    /// <inheritdoc/>
    public void Error(LogError error)
    {
        StringBuilder text = new();
        Head(text, error.Place, error.Device, error.Kind);
        Row(text, "text", error.Text);
        Row(text, "meaning", error.Explanation);
        string values = string.Join("  ", error.Details.Select(detail => $"{detail.Key} {ValueOf(detail.Value)}"));
        if (values.Length > 0)
        {
            Row(text, "values", values);
        }

        Print(text);
    }

    /// <inheritdoc/>
    public void Foreign(ForeignLine foreign)
    {
        StringBuilder text = new();
        Head(text, foreign.Place, null, $"not an SMMUv3: {foreign.Iommu}");
        Row(text, "text", foreign.Text);
        Print(text);
    }

    /// <inheritdoc/>
    public void End(DecodeSummary summary, PatchSet patches) => ResultText.Print(terminal, DecodeSummaryText.Lines(summary, patches));

    private static void Body(StringBuilder text, EventFacts facts, string? client)
    {
        string?[] stream =
        [
            facts.StreamId is uint sid ? $"sid {DecodeWords.Hex(sid)}" : null,
            facts.SubstreamId is uint ssid ? $"ssid {DecodeWords.Hex(ssid)}" : null,
            client is null ? null : $"client {client}",
        ];
        Row(text, "stream", Joined(stream));
        string?[] address =
        [
            facts.InputAddress is ulong iova ? $"iova {DecodeWords.Hex(iova)}" : null,
            facts.Ipa is ulong ipa ? $"ipa {DecodeWords.Hex(ipa)}" : null,
            facts.FetchAddress is ulong fetch ? $"fetch of {DecodeWords.Hex(fetch)}" : null,
        ];
        Row(text, "address", Joined(address));
        string?[] access =
        [
            Either(facts.IsPrivileged, "privileged", "unprivileged"),
            Either(facts.IsInstruction, "instruction", "data"),
            Either(facts.IsRead, "read", "write"),
            Either(facts.IsStage2, "stage 2", "stage 1"),
            facts.Class is FaultClass faultClass ? $"class {DecodeWords.ClassOf(faultClass)} (Linux: \"{KernelWords.WordsOf(faultClass)}\")" : null,
        ];
        Row(text, "access", Joined(access));
        Row(text, "stall", facts.IsStall is bool stall ? stall ? $"yes, STAG {(facts.StallTag is ushort tag ? DecodeWords.Hex(tag) : "not known")}" : "no" : "");
    }

    private static void Head(StringBuilder text, LogPlace place, string? device, string what)
    {
        string where = place.Time is null ? $"line {place.Line}" : $"line {place.Line}  [{place.Time}]";
        text.Append(Clean(Joined([what, device, where], "  "))).Append('\n');
    }

    private static void Row(StringBuilder text, string label, string words)
    {
        if (words.Length == 0)
        {
            return;
        }

        string front = Indent + label.PadRight(LabelWidth);
        foreach (string line in Wrapped(Clean(words), Width - front.Length))
        {
            text.Append(front).Append(line).Append('\n');
            front = new string(' ', front.Length);
        }
    }

    private static IEnumerable<string> Wrapped(string words, int width)
    {
        int start = 0;
        while (words.Length - start > width)
        {
            int blank = words.LastIndexOf(' ', start + width, width);
            int end = blank > start ? blank : start + width;
            yield return words[start..end].TrimEnd();
            start = end == blank ? end + 1 : end;
        }

        yield return words[start..];
    }

    private void Print(StringBuilder text) => ResultText.Write(terminal, text.Append('\n').ToString());

    private static string? Either(bool? value, string yes, string no) => value is bool known ? known ? yes : no : null;

    private static string Joined(IEnumerable<string?> parts, string separator = ", ") => string.Join(separator, parts.Where(part => part is not null));

    private static string Clean(string text) => string.Concat(text.Select(character => char.IsControl(character) ? character == '\t' ? ' ' : '?' : character));

    private static string ValueOf(object? value) => value switch
    {
        null => "not known",
        bool truth => truth ? "yes" : "no",
        IEnumerable<string> texts => $"({string.Join(", ", texts)})",
        _ => value.ToString() ?? "",
    };
}
