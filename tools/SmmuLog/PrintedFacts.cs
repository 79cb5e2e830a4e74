using Iopf.ArmSmmuV3.Hardware;

namespace Iopf.SmmuLog;

/// <summary>What the decoded lines say, and whether the words say the same.</summary>
internal static class PrintedFacts
{
    private const string Unnamed = "UNKNOWN";
    private const ulong PrintedFetchMask = 0x000f_ffff_ffff_fff8;

    /// <summary>Reads decoded lines that stand alone.</summary>
    public static EventFacts Of(PrintedEvent printed)
    {
        EventDescription? description = printed.Name is null ? null : EventDescription.Named(printed.Name);
        bool isStall = printed.IsStall == true;
        return new EventFacts
        {
            Type = description?.Type,
            StreamId = (uint?)printed.StreamId,
            // 0 is printed for a transaction without substream.
            SubstreamId = printed.SubstreamId == 0 ? null : (uint?)printed.SubstreamId,
            InputAddress = printed.Iova,
            Ipa = printed.IsStage2 == true ? printed.Ipa : null,
            FetchAddress = printed.FetchAddress,
            IsRead = printed.IsRead,
            IsPrivileged = printed.IsPrivileged,
            IsInstruction = printed.IsInstruction,
            IsStage2 = printed.IsStage2,
            Class = PrintedLines.ClassOf(printed.Class),
            IsTableRead = printed.IsTableRead,
            IsStall = printed.IsStall,
            StallTag = isStall ? (ushort?)printed.StallTag : null,
        };
    }

    /// <summary>Whether the decoded lines tell everything that the type carries.</summary>
    public static bool IsComplete(PrintedEvent printed)
    {
        if (printed.Name is null || EventDescription.Named(printed.Name) is not { } description)
        {
            return false;
        }

        bool hasFirst = printed.StreamId <= uint.MaxValue && printed.SubstreamId <= 0xf_ffff;
        if (description.Has(EventFields.Stall))
        {
            return hasFirst && printed.Iova is not null && printed.Ipa is not null && printed.HasAccess
                && PrintedLines.ClassOf(printed.Class) is not null && printed.StallTag <= ushort.MaxValue;
        }

        return hasFirst && (!description.Has(EventFields.FetchAddress) || printed.FetchAddress is not null);
    }

    /// <summary>Words that say the same as complete decoded lines; only for what the driver makes of them.</summary>
    public static EventRecord WordsFor(EventFacts facts)
    {
        ulong word0 = (byte)(facts.Type ?? 0) | ((ulong)(facts.StreamId ?? 0) << 32);
        word0 |= facts.SubstreamId is uint substream ? (1UL << 11) | ((ulong)substream << 12) : 0;
        ulong word1 = facts.IsStall == true ? (1UL << 31) | (facts.StallTag ?? 0U) : 0;
        word1 |= facts.IsPrivileged == true ? 1UL << 33 : 0;
        word1 |= facts.IsInstruction == true ? 1UL << 34 : 0;
        word1 |= facts.IsRead == true ? 1UL << 35 : 0;
        word1 |= facts.IsStage2 == true ? 1UL << 39 : 0;
        word1 |= (ulong)(facts.Class ?? 0) << 40;
        word1 |= facts.IsTableRead == true ? EventFacts.TableReadBit : 0;
        return new EventRecord(word0, word1, facts.InputAddress ?? 0, facts.Ipa ?? facts.FetchAddress ?? 0);
    }

    /// <summary>Whether a decoded line can be about the event that the words before it are of: same type, stream and address.</summary>
    /// <remarks>Else a log that begins or is cut between them has two halves of different events side by side.</remarks>
    /// <param name="words">The words.</param>
    /// <param name="printed">The line.</param>
    /// <returns>Whether it can.</returns>
    public static bool AreOfOneEvent(EventRecord words, PrintedEvent printed) =>
        (printed.Name is null or Unnamed || printed.Name == EventDescription.Of(words.Type).Name)
        && (printed.StreamId is null || printed.StreamId == words.StreamId)
        && (printed.Iova is null || printed.Iova == words.InputAddress);

    /// <summary>Where decoded lines contradict the words.</summary>
    /// <param name="words">The words.</param>
    /// <param name="printed">The lines; what is not there contradicts nothing.</param>
    /// <returns>One sentence for each contradiction.</returns>
    public static IEnumerable<string> Disagreements(EventRecord words, PrintedEvent printed)
    {
        string name = EventDescription.Of(words.Type).Name;
        if (printed.Name is { } printedName && printedName != name && printedName != Unnamed)
        {
            yield return $"event: the words say {name}, the decoded line says {printedName}";
        }

        (string Field, ulong Word, ulong? Line)[] numbers =
        [
            ("sid", words.StreamId, printed.StreamId),
            ("ssid", words.SubstreamId ?? 0, printed.SubstreamId),
            ("iova", words.InputAddress, printed.Iova),
            ("ipa", words.Ipa, printed.Ipa),
            ("fetch_addr", words.Word3 & PrintedFetchMask, printed.FetchAddress),
            ("stag", words.StallTag, printed.StallTag),
        ];
        foreach ((string field, ulong word, ulong? line) in numbers)
        {
            if (line is ulong value && value != word)
            {
                yield return $"{field}: the words say 0x{word:x}, the decoded line says 0x{value:x}";
            }
        }

        (string Yes, string No, bool Word, bool? Line)[] flags =
        [
            ("priv", "unpriv", words.IsPrivileged, printed.IsPrivileged),
            ("inst", "data", words.IsInstruction, printed.IsInstruction),
            ("read", "write", words.IsRead, printed.IsRead),
            ("s2", "s1", words.IsStage2, printed.IsStage2),
            ("stall", "no stall", words.IsStall, printed.IsStall),
            ("ttd_read", "ttd_write", (words.Word1 & EventFacts.TableReadBit) != 0, words.Class == FaultClass.TranslationTable ? printed.IsTableRead : null),
        ];
        foreach ((string yes, string no, bool word, bool? line) in flags)
        {
            if (line is bool value && value != word)
            {
                yield return $"access: the words say {(word ? yes : no)}, the decoded line says {(value ? yes : no)}";
            }
        }

        if (printed.Class is { } text && PrintedLines.ClassOf(text) is var printedClass && printedClass != words.Class)
        {
            yield return $"class: the words say \"{KernelWords.WordsOf(words.Class)}\", the decoded line says \"{text}\"";
        }
    }
}
