using System.Text;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.Patches;
using Iopf.SmmuLog;

namespace Iopf.Cli.Output;

/// <summary>What the decoder finds, as a person reads it: one paragraph for equal findings, and a table of counts at the end.</summary>
/// <param name="terminal">Where it prints.</param>
/// <param name="detail">How much it prints.</param>
internal sealed class DecodeText(Terminal terminal, DecodeDetail detail) : IDecodeOutput
{
    private const int Width = 120;
    private const string Indent = "    ";
    private const int LabelWidth = 10;
    private const int UntoldMax = 10_000;

    private readonly FindingGroups _groups = new();

    /// <inheritdoc/>
    public void Record(SmmuRecord record) => Found(_groups.Add(record));

    /// <inheritdoc/>
    public void Incomplete(IncompleteRecord incomplete) => Found(_groups.Add(incomplete));

    /// <inheritdoc/>
    public void Error(LogError error) => Found(_groups.Add(error));

    /// <inheritdoc/>
    public void Foreign(ForeignLine foreign) => Found(_groups.Add(foreign));

    /// <inheritdoc/>
    public void Idle()
    {
        foreach (FindingGroup group in detail == DecodeDetail.Follow ? _groups.All : [])
        {
            TellAgain(group);
        }
    }

    /// <inheritdoc/>
    public void End(DecodeSummary summary, PatchSet patches)
    {
        Idle();
        foreach (FindingGroup group in detail == DecodeDetail.Whole ? _groups.All : [])
        {
            ResultText.Write(terminal, Paragraph(group));
        }

        ResultText.Print(terminal, DecodeSummaryText.Lines(summary, patches));
    }

    private void Found(FindingGroup group)
    {
        if (detail != DecodeDetail.Follow)
        {
            return;
        }

        if (group.Count == 1)
        {
            group.Told = 1;
            ResultText.Write(terminal, Paragraph(group));
        }
        else if (group.Count - group.Told >= UntoldMax)
        {
            TellAgain(group);
        }
    }

    private void TellAgain(FindingGroup group)
    {
        if (group.Count > group.Told)
        {
            string where = group.Last.Time is null ? "" : $"  [{group.Last.Time}]";
            ResultText.Write(terminal, Clean($"{group.Count - group.Told} more like line {group.FirstPlace.Line}: {NameOf(group.First)}, {group.Count} by line {group.Last.Line}{where}") + "\n\n");
            group.Told = group.Count;
        }
    }

    private static string NameOf(object finding) => finding switch
    {
        SmmuRecord record => $"{record.Description.Name} sid {(record.Facts.StreamId is uint sid ? DecodeWords.Hex(sid) : "not known")}",
        LogError error => error.Kind,
        ForeignLine foreign => foreign.Iommu,
        _ => "incomplete record",
    };

    private static string Paragraph(FindingGroup group)
    {
        StringBuilder text = new();
        switch (group.First)
        {
            case SmmuRecord record:
                Record(text, record, group);
                break;
            case IncompleteRecord incomplete:
                Incomplete(text, incomplete);
                break;
            case LogError error:
                Error(text, error);
                break;
            case ForeignLine foreign:
                Head(text, foreign.Place, null, $"not an SMMUv3: {foreign.Iommu}");
                Row(text, "text", foreign.Text);
                break;
        }

        Row(text, group.IsRest ? "and more" : "times", group.IsRest ? $"{Math.Max(1, group.Count)} of this kind with other values; --json lists them" : group.Times);
        return text.Append('\n').ToString();
    }

    private static void Record(StringBuilder text, SmmuRecord record, FindingGroup group)
    {
        EventFacts facts = record.Facts;
        Head(text, record.Place, record.Device, $"{record.Description.Name} (0x{(byte)(facts.Type ?? 0):x2})");
        Body(text, facts, record.Printed?.Client);
        Row(text, "device", record.Owner is { } owner ? $"{owner.Device}, {owner.Because}" : "");
        if (record.Words is EventRecord words)
        {
            Row(text, "words", string.Join(' ', DecodeWords.Of(words)));
        }

        record.Notes.ToList().ForEach(note => Row(text, "note", note));
        record.Disagreements.ToList().ForEach(disagreement => Row(text, "CONFLICT", disagreement));
        Row(text, "cause", record.Cause);
        Row(text, "Linux", record.View.Text);
        Row(text, "also at", group.OtherAddresses);
    }

    private static void Incomplete(StringBuilder text, IncompleteRecord incomplete)
    {
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
    }

    private static void Error(StringBuilder text, LogError error)
    {
        Head(text, error.Place, error.Device, error.Kind);
        Row(text, "text", error.Text);
        Row(text, "meaning", error.Explanation);
        Row(text, "stops", error.Stops);
        Row(text, "look at", error.LookAt);
        Row(text, "values", string.Join("  ", error.Details.Select(detail => $"{detail.Key} {ValueOf(detail.Value)}")));
    }

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
            facts.IsTableRead is bool tableRead ? tableRead ? "reading a table" : "updating a table" : null,
            facts.Class is FaultClass faultClass ? $"class {DecodeWords.ClassOf(faultClass)} (Linux: \"{KernelWords.WordsOf(faultClass)}\")" : null,
        ];
        Row(text, "access", Joined(access));
        Row(text, "stall", facts.IsStall is bool stall ? stall ? $"yes, STAG {(facts.StallTag is ushort tag ? DecodeWords.Hex(tag) : "not known")}" : "no" : "");
    }

    private static void Head(StringBuilder text, LogPlace place, string? device, string what)
    {
        string where = place.Time is null ? $"line {place.Line}" : $"line {place.Line}  [{place.Time}]";
        string? joined = place.Joined == 0 ? null : $"joined from {place.Joined + 1} lines";
        text.Append(Clean(Joined([what, device, where, joined], "  "))).Append('\n');
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

    /// <summary>A text in lines of a width.</summary>
    public static IEnumerable<string> Wrapped(string words, int width = Width)
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

    private static string? Either(bool? value, string yes, string no) => value is bool known ? known ? yes : no : null;

    private static string Joined(IEnumerable<string?> parts, string separator = ", ") => string.Join(separator, parts.Where(part => part is not null));

    /// <summary>A text without control characters.</summary>
    public static string Clean(string text) => string.Concat(text.Select(character => char.IsControl(character) ? character == '\t' ? ' ' : '?' : character));

    private static string ValueOf(object? value) => value switch
    {
        null => "not known",
        bool truth => truth ? "yes" : "no",
        IEnumerable<string> texts => $"({string.Join(", ", texts)})",
        _ => value.ToString() ?? "",
    };
}
