using Iopf.ArmSmmuV3.Hardware;

namespace Iopf.SmmuLog;

/// <summary>An event record whose lines are still coming in.</summary>
/// <param name="place">Its first line.</param>
/// <param name="device">The SMMU's name, if the line has one.</param>
/// <param name="header">The type in the header; null if the record has no header.</param>
internal sealed class PendingRecord(LogPlace place, string? device, SmmuEventType? header)
{
    private const int WordsPerRecord = 4;
    private const ulong ReservedBits = 0x700;

    private readonly List<RawWord> _words = new(WordsPerRecord);

    public LogPlace Place { get; private set; } = place;

    public string? Device { get; } = device;

    public SmmuEventType? Header { get; } = header;

    /// <summary>The decoded lines so far.</summary>
    public PrintedEvent? Printed { get; set; }

    public bool HasWords => _words.Count > 0;

    public bool TakesWords => _words.Count < WordsPerRecord && Printed is null && (Header is not null || HasWords);

    /// <summary>Whether four sound words are there, under a header or with a type of their own in word 0.</summary>
    public bool IsWhole => _words.Count == WordsPerRecord && (Header is not null || BeginsRecord(_words[0])) && _words.TrueForAll(word => word.Value is not null);

    /// <summary>Whether a word can be the first of a record: bits 7:0 are a type of the specification, bits 10:8 are clear as they must be.</summary>
    public static bool BeginsRecord(RawWord word) =>
        word.Value is ulong value && (value & ReservedBits) == 0 && EventDescription.IsDefined((SmmuEventType)(byte)value);

    /// <summary>The words, if the record is whole.</summary>
    public EventRecord Record => new(ValueOf(0), ValueOf(1), ValueOf(2), ValueOf(3));

    public void Add(RawWord word) => _words.Add(word);

    /// <summary>Whether a word without header belongs to this record: it must not begin one that has no place here.</summary>
    public bool Continues(RawWord word) => Header is not null || !HasWords || BeginsRecord(_words[0]) || !BeginsRecord(word);

    /// <summary>Counts the lines that were joined to make its messages whole.</summary>
    public void NoteJoined(LogPlace line) => Place = Place with { Joined = Place.Joined + line.Joined };

    /// <summary>The record as far as it is known.</summary>
    /// <param name="end">What came instead of the missing lines, as the end of a sentence.</param>
    /// <param name="isEndOfLog">Whether the log ended, so that the words are the first ones.</param>
    public IncompleteRecord Incomplete(string end, bool isEndOfLog)
    {
        List<RawWord> damaged = _words.FindAll(word => word.Value is null);
        return new IncompleteRecord(
            Place,
            Device,
            Reason(damaged, end),
            Known(isEndOfLog),
            [.. _words.Select(word => word.Value)],
            [.. damaged.Select(word => word.Text)],
            Printed,
            damaged.Count == 1 ? damaged[0].Repaired() : null);
    }

    private string Reason(List<RawWord> damaged, string end)
    {
        if (damaged.Count > 0)
        {
            return $"word {_words.IndexOf(damaged[0])} is damaged: '{damaged[0].Text}'";
        }

        if (Header is null)
        {
            return HasWords ? $"{Count(_words.Count)} without the header that says of which event"
                : Printed is { HasEvent: true } ? $"decoded lines only, and not all of them: {end}"
                : "the second decoded line only, without the event it belongs to";
        }

        return HasWords ? $"{_words.Count} of 4 words: {end}" : $"no word follows the header: {end}";
    }

    private static string Count(int words) => words == 1 ? "1 word" : $"{words} words";

    /// <summary>A word says something only if it is certain which of the four it is.</summary>
    private EventFacts Known(bool isEndOfLog)
    {
        if (Header is not SmmuEventType type)
        {
            return Printed is null ? new EventFacts() : PrintedFacts.Of(Printed);
        }

        bool placed0 = _words.Count > 0 && _words[0].Value is ulong word0 && (byte)word0 == (byte)type;
        bool placed = _words.Count == WordsPerRecord || (placed0 && isEndOfLog);
        bool Has(int index) => placed && index < _words.Count && _words[index].Value is not null;
        EventFacts known = EventFacts.Of(Record, type, placed0, Has(1), Has(2), Has(3));
        return Printed is null ? known : Merged(known, PrintedFacts.Of(Printed));
    }

    private static EventFacts Merged(EventFacts words, EventFacts printed) => new()
    {
        Type = words.Type,
        StreamId = words.StreamId ?? printed.StreamId,
        SubstreamId = words.SubstreamId ?? printed.SubstreamId,
        InputAddress = words.InputAddress ?? printed.InputAddress,
        Ipa = words.Ipa ?? printed.Ipa,
        FetchAddress = words.FetchAddress ?? printed.FetchAddress,
        IsRead = words.IsRead ?? printed.IsRead,
        IsPrivileged = words.IsPrivileged ?? printed.IsPrivileged,
        IsInstruction = words.IsInstruction ?? printed.IsInstruction,
        IsStage2 = words.IsStage2 ?? printed.IsStage2,
        IsTableRead = words.IsTableRead ?? printed.IsTableRead,
        Class = words.Class ?? printed.Class,
        IsStall = words.IsStall ?? printed.IsStall,
        StallTag = words.StallTag ?? printed.StallTag,
    };

    private ulong ValueOf(int index) => index < _words.Count ? _words[index].Value ?? 0 : 0;
}
