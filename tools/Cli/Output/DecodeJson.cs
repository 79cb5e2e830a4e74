using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.SmmuLog;

namespace Iopf.Cli.Output;

/// <summary>What the decoder finds, as JSON objects of one line each.</summary>
internal static class DecodeJson
{
    /// <summary>A record.</summary>
    /// <param name="record">The record.</param>
    /// <returns>The object.</returns>
    public static string Record(SmmuRecord record) => Object(json =>
    {
        EventFacts facts = record.Facts;
        WritePlace(json, record.Place, record.Device);
        WriteType(json, facts.Type);
        WriteAddresses(json, facts);
        json.WriteBoolean("read", facts.IsRead == true);
        json.WriteBoolean("privileged", facts.IsPrivileged == true);
        json.WriteBoolean("instruction", facts.IsInstruction == true);
        json.WriteBoolean("s2", facts.IsStage2 == true);
        json.WriteString("class", DecodeWords.ClassOf(facts.Class));
        WriteTruth(json, "ttd_read", facts.IsTableRead);
        json.WriteBoolean("stall", facts.IsStall == true);
        WriteHex(json, "stag", facts.StallTag);
        json.WriteTexts("words", record.Words is EventRecord words ? DecodeWords.Of(words) : []);
        json.WriteBoolean("complete", record.IsComplete);
        WritePrinted(json, record.Printed);
        json.WriteTexts("disagreements", record.Disagreements);
        json.WriteTexts("notes", record.Notes);
        json.WriteString("cause", record.Cause);
        json.WriteString("likely_device", record.Owner?.Device);
        json.WriteString("likely_device_because", record.Owner?.Because);
        DecodeViewJson.Write(json, record.View);
    });

    /// <summary>An incomplete record; a field that is not known is null.</summary>
    /// <param name="incomplete">What is known.</param>
    /// <returns>The object.</returns>
    public static string Incomplete(IncompleteRecord incomplete) => Object(json =>
    {
        EventFacts facts = incomplete.Facts;
        WritePlace(json, incomplete.Place, incomplete.Device);
        json.WriteString("reason", incomplete.Reason);
        WriteType(json, facts.Type);
        WriteAddresses(json, facts);
        WriteTruth(json, "read", facts.IsRead);
        WriteTruth(json, "privileged", facts.IsPrivileged);
        WriteTruth(json, "instruction", facts.IsInstruction);
        WriteTruth(json, "s2", facts.IsStage2);
        json.WriteString("class", DecodeWords.ClassOf(facts.Class));
        WriteTruth(json, "ttd_read", facts.IsTableRead);
        WriteTruth(json, "stall", facts.IsStall);
        WriteHex(json, "stag", facts.StallTag);
        json.WriteTexts("words", incomplete.Words.Select(word => word is ulong value ? DecodeWords.Of(value) : null));
        json.WriteTexts("damaged", incomplete.Damaged);
        json.WriteString("repair", incomplete.Repair);
        json.WriteBoolean("complete", false);
        WritePrinted(json, incomplete.Printed);
    });

    /// <summary>An explained line.</summary>
    /// <param name="error">The line.</param>
    /// <returns>The object; the line's values are members of their own.</returns>
    public static string Error(LogError error) => Object(json =>
    {
        WritePlace(json, error.Place, error.Device);
        json.WriteString("kind", error.Kind);
        json.WriteString("text", error.Text);
        json.WriteString("explanation", error.Explanation);
        WriteUnlessEmpty(json, "stops", error.Stops);
        WriteUnlessEmpty(json, "look_at", error.LookAt);
        foreach ((string name, object? value) in error.Details)
        {
            json.WritePropertyName(name);
            WriteValue(json, value);
        }
    });

    /// <summary>A line of another IOMMU.</summary>
    /// <param name="foreign">The line.</param>
    /// <returns>The object.</returns>
    public static string Foreign(ForeignLine foreign) => Object(json =>
    {
        json.WriteNumber("line", foreign.Place.Line);
        json.WriteString("time", foreign.Place.Time);
        json.WriteString("iommu", foreign.Iommu);
        json.WriteString("text", foreign.Text);
    });

    private static void WritePlace(Utf8JsonWriter json, LogPlace place, string? device)
    {
        json.WriteNumber("line", place.Line);
        json.WriteString("time", place.Time);
        json.WriteString("device", device);
        if (place.Joined > 0)
        {
            json.WriteNumber("joined_lines", place.Joined + 1);
        }
    }

    private static void WriteUnlessEmpty(Utf8JsonWriter json, string name, string text)
    {
        if (text.Length > 0)
        {
            json.WriteString(name, text);
        }
    }

    private static void WriteType(Utf8JsonWriter json, SmmuEventType? type)
    {
        json.WriteString("type", type is { } known ? $"0x{(byte)known:x2}" : null);
        json.WriteString("name", type is { } named ? EventDescription.Of(named).Name : null);
    }

    private static void WriteAddresses(Utf8JsonWriter json, EventFacts facts)
    {
        WriteHex(json, "sid", facts.StreamId);
        WriteHex(json, "ssid", facts.SubstreamId);
        WriteHex(json, "iova", facts.InputAddress);
        WriteHex(json, "ipa", facts.Ipa);
        WriteHex(json, "fetch_addr", facts.FetchAddress);
    }

    /// <summary>The driver's own lines, with the values as it printed them.</summary>
    private static void WritePrinted(Utf8JsonWriter json, PrintedEvent? printed)
    {
        if (printed is null)
        {
            json.WriteNull("decoded");
            return;
        }

        json.WriteStartObject("decoded");
        json.WriteString("name", printed.Name);
        json.WriteString("client", printed.Client);
        WriteHex(json, "sid", printed.StreamId);
        WriteHex(json, "ssid", printed.SubstreamId);
        WriteHex(json, "iova", printed.Iova);
        WriteHex(json, "ipa", printed.Ipa);
        WriteHex(json, "fetch_addr", printed.FetchAddress);
        WriteTruth(json, "privileged", printed.IsPrivileged);
        WriteTruth(json, "instruction", printed.IsInstruction);
        WriteTruth(json, "read", printed.IsRead);
        WriteTruth(json, "s2", printed.IsStage2);
        json.WriteString("class", printed.Class);
        WriteTruth(json, "ttd_read", printed.IsTableRead);
        WriteTruth(json, "stall", printed.IsStall);
        WriteHex(json, "stag", printed.StallTag);
        json.WriteEndObject();
    }

    /// <summary>Writes counts by name.</summary>
    public static void WriteCounts(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, long>> counts)
    {
        json.WriteStartObject(name);
        foreach ((string key, long count) in counts)
        {
            json.WriteNumber(key, count);
        }

        json.WriteEndObject();
    }

    private static void WriteHex(Utf8JsonWriter json, string name, ulong? value) => json.WriteString(name, value is ulong known ? DecodeWords.Hex(known) : null);

    private static void WriteTruth(Utf8JsonWriter json, string name, bool? value)
    {
        if (value is bool known)
        {
            json.WriteBoolean(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case IEnumerable<string> texts:
                json.WriteStartArray();
                foreach (string text in texts)
                {
                    json.WriteStringValue(text);
                }

                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(value.ToString());
                break;
        }
    }

    /// <summary>Makes an object of one line.</summary>
    public static string Object(Action<Utf8JsonWriter> write)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
