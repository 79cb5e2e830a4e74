using System.Text;
using Iopf.Patches;

namespace Iopf.SmmuLog.Tests;

/// <summary>Everything the decoder finds in one log.</summary>
internal sealed class Decoded : IDecodeSink
{
    public List<SmmuRecord> Records { get; } = [];

    public List<IncompleteRecord> Incompletes { get; } = [];

    public List<LogError> Errors { get; } = [];

    public List<ForeignLine> Foreigns { get; } = [];

    public DecodeSummary Summary { get; private set; } = new();

    public static Decoded Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    public static Decoded Lines(params string[] lines) => Text(string.Join('\n', lines) + "\n");

    /// <summary>Decodes bytes that arrive in blocks.</summary>
    public static Decoded Bytes(byte[] bytes, int block = int.MaxValue, PatchSet? patches = null)
    {
        Decoded found = new();
        using LogDecoder decoder = new(patches ?? PatchSet.All, found);
        LogLines lines = new(decoder);
        for (int at = 0; at < bytes.Length; at += block)
        {
            lines.Take(bytes.AsSpan(at, Math.Min(block, bytes.Length - at)));
            if (block == int.MaxValue)
            {
                break;
            }
        }

        lines.End();
        found.Summary = decoder.Summary;
        return found;
    }

    void IDecodeSink.Record(SmmuRecord record) => Records.Add(record);

    void IDecodeSink.Incomplete(IncompleteRecord incomplete) => Incompletes.Add(incomplete);

    void IDecodeSink.Error(LogError error) => Errors.Add(error);

    void IDecodeSink.Foreign(ForeignLine foreign) => Foreigns.Add(foreign);

    /// <summary>All findings, one line each.</summary>
    public IEnumerable<string> Findings() =>
        Records.Select(Findings).Concat(Incompletes.Select(Findings)).Concat(Errors.Select(Findings)).Concat(Foreigns.Select(Findings));

    private static string Findings(SmmuRecord record) =>
        $"{record.Place.Line} {record.Device} {record.Description.Name} {Facts(record.Facts)} words={(record.Words is null ? 0 : 4)}"
        + string.Concat(record.Disagreements.Select(disagreement => $" CONFLICT {disagreement}"));

    private static string Findings(IncompleteRecord incomplete) =>
        $"{incomplete.Place.Line} {incomplete.Device} incomplete {incomplete.Facts.Type} {Facts(incomplete.Facts)} words={incomplete.Words.Count}: {incomplete.Reason}";

    private static string Findings(LogError error) => $"{error.Place.Line} {error.Device} {error.Kind} {Details(error)}".TrimEnd();

    private static string Findings(ForeignLine foreign) => $"{foreign.Place.Line} foreign {foreign.Iommu}";

    private static string Details(LogError error) =>
        string.Join(' ', error.Details.Select(detail => $"{detail.Key}={(detail.Value is IEnumerable<string> texts && detail.Value is not string ? string.Join('|', texts) : detail.Value)}"));

    private static string Facts(EventFacts facts) => string.Join(' ', new[]
    {
        Hex("sid", facts.StreamId), Hex("ssid", facts.SubstreamId), Hex("iova", facts.InputAddress), Hex("ipa", facts.Ipa), Hex("fetch", facts.FetchAddress),
        Word(facts.IsPrivileged, "priv", "unpriv"), Word(facts.IsInstruction, "inst", "data"), Word(facts.IsRead, "read", "write"),
        Word(facts.IsStage2, "s2", "s1"), facts.Class?.ToString(), Word(facts.IsStall, "stall", "no-stall"), Hex("stag", facts.StallTag),
    }.Where(word => word is not null));

    private static string? Hex(string name, ulong? value) => value is ulong known ? $"{name}=0x{known:x}" : null;

    private static string? Word(bool? value, string yes, string no) => value is bool known ? known ? yes : no : null;
}
