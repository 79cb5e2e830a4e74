using Iopf.ArmSmmuV3.Hardware;

namespace Iopf.SmmuLog;

/// <summary>Reads the header of an event and the decoded lines of Linux 6.13 and later.</summary>
/// <remarks>Kernel: <c>arm_smmu_dump_raw_event</c>, <c>arm_smmu_dump_event</c>.</remarks>
internal static class PrintedLines
{
    private const string Received = " received:";

    /// <summary>Reads <c>event 0x10 received:</c>, also if its end is cut off.</summary>
    public static bool TryHeader(string text, out SmmuEventType type)
    {
        TextCursor cursor = new(text);
        bool isHeader = cursor.Take("event 0x") && cursor.Rest.Length >= 2 && char.IsAsciiHexDigit(cursor.Rest[0]) && char.IsAsciiHexDigit(cursor.Rest[1]);
        type = isHeader ? (SmmuEventType)byte.Parse(cursor.Rest[..2], System.Globalization.NumberStyles.AllowHexSpecifier) : default;
        return isHeader
            && (cursor.Rest[2..].StartsWith(Received, StringComparison.Ordinal) || Received.AsSpan().StartsWith(cursor.Rest[2..], StringComparison.Ordinal));
    }

    /// <summary>Reads <c>event: NAME client: DEVICE sid: .. ssid: ..</c> and what follows for the types that have more.</summary>
    public static PrintedEvent? Event(string text)
    {
        TextCursor cursor = new(text);
        if (!cursor.Take("event: ") || cursor.Token() is not { Length: > 0 } name || !(cursor.IsAtEnd || cursor.Rest.TrimStart().StartsWith("client:")))
        {
            return null;
        }

        PrintedEvent printed = new() { Name = name.ToString() };
        if (!cursor.TakeUntil("client: ", out _) || !cursor.TakeUntil(" sid: ", out ReadOnlySpan<char> client))
        {
            return printed;
        }

        EventDescription? description = EventDescription.Named(name);
        bool hasMore = description is not null && description.Has(EventFields.Ipa | EventFields.FetchAddress);
        printed = printed with { Client = client.Trim().ToString(), StreamId = Number(ref cursor, mayEnd: false) };
        printed = printed with { SubstreamId = Field(ref cursor, "ssid: ", mayEnd: !hasMore) };
        if (cursor.Rest.TrimStart().StartsWith("fetch_addr:"))
        {
            return printed with { FetchAddress = Field(ref cursor, "fetch_addr: ", mayEnd: true) };
        }

        printed = printed with { Iova = Field(ref cursor, "iova: ", mayEnd: false) };
        return printed with { Ipa = Field(ref cursor, "ipa: ", mayEnd: true) };
    }

    /// <summary>Reads <c>unpriv data write s1 "CLASS" stall stag: ..</c>, as far as it is there.</summary>
    public static PrintedEvent? Access(string text)
    {
        TextCursor cursor = new(text);
        bool? privileged = Either(ref cursor, "priv", "unpriv");
        bool? instruction = Either(ref cursor, "inst", "data");
        if (privileged is null || instruction is null)
        {
            return null;
        }

        bool? read = Either(ref cursor, "read", "write");
        bool? stage2 = read is null ? null : Either(ref cursor, "s2", "s1");
        PrintedEvent printed = new() { IsPrivileged = privileged, IsInstruction = instruction, IsRead = read, IsStage2 = stage2 };
        if (stage2 is null || !cursor.Take("\"") || !cursor.TakeUntil("\"", out ReadOnlySpan<char> words))
        {
            return printed;
        }

        printed = printed with { Class = words.ToString() };
        cursor.SkipBlanks();
        printed = printed with { IsTableRead = Either(ref cursor, "ttd_read", "ttd_write") };
        bool stall = cursor.TakeWord("stall");
        cursor.SkipBlanks();
        return cursor.Rest.StartsWith("stag: ")
            ? printed with { IsStall = stall, StallTag = Field(ref cursor, "stag: ", mayEnd: true) }
            : printed with { IsStall = stall ? true : null };
    }

    /// <summary>The class that printed words mean; null if they are none of Linux's.</summary>
    public static FaultClass? ClassOf(string? words) =>
        words is null ? null
        : words.StartsWith("CD", StringComparison.Ordinal) ? FaultClass.ContextDescriptor
        : words.Contains("ranslation table", StringComparison.Ordinal) ? FaultClass.TranslationTable
        : words.StartsWith("Input", StringComparison.Ordinal) ? FaultClass.InputAddress
        : words.StartsWith("Reserved", StringComparison.Ordinal) ? (FaultClass)3
        : null;

    private static bool? Either(ref TextCursor cursor, string yes, string no) => cursor.TakeWord(yes) ? true : cursor.TakeWord(no) ? false : null;

    private static ulong? Field(ref TextCursor cursor, string name, bool mayEnd)
    {
        cursor.SkipBlanks();
        return cursor.Take(name) ? Number(ref cursor, mayEnd) : null;
    }

    /// <summary>A number at the end of a line that should go on may have lost digits.</summary>
    private static ulong? Number(ref TextCursor cursor, bool mayEnd)
    {
        bool isNumber = cursor.TakeHex(out ulong value) || (cursor.Take("0") && cursor.IsAtBlank);
        return isNumber && cursor.IsAtBlank && (mayEnd || !cursor.IsAtEnd) ? value : null;
    }
}
