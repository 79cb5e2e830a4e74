using System.Globalization;
using System.Text.RegularExpressions;
using Iopf.Patches;

namespace Iopf.SmmuLog;

/// <summary>Structures that a driver or a person dumped into a log: <c>STE: 0x.. 0x..</c>, <c>CD[3] = ..</c>.</summary>
internal static partial class DumpedStructures
{
    /// <summary>Takes a dumped structure apart.</summary>
    /// <param name="message">The message.</param>
    /// <returns>Its fields as values; null if the message is no such dump.</returns>
    public static LogError? Explain(in DriverText message)
    {
        if (!message.Text.Contains("0x", StringComparison.Ordinal) || Dump().Match(message.Text) is not { Success: true } dump
            || !Enum.TryParse(dump.Groups["kind"].Value, ignoreCase: true, out StructureKind kind))
        {
            return null;
        }

        ulong[] words = [.. dump.Groups["word"].Captures.Select(word => ulong.Parse(word.ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))];
        (int least, int most) = StructureDecoder.WordsOf(kind);
        if (words.Length < least || words.Length > most)
        {
            return null;
        }

        DecodedStructure structure = StructureDecoder.Decode(kind, words, PatchSet.All);
        Details details = [];
        foreach (DecodedField field in structure.Fields)
        {
            details.AddHex(field.Name, field.Value);
        }

        string illegal = structure.Illegal.Count == 0 ? "" : $" Not in order: {string.Join(' ', structure.Illegal)}";
        return new LogError(message.Place, message.Device, "structure", message.Text, $"A {structure.Name}. {structure.Linux}{illegal}", details);
    }

    [GeneratedRegex(@"\b(?<kind>STE|CD|PTE|CMD|ste|cd|pte|cmd)\b[^:=]{0,24}[:=]\s*(?:0x(?<word>[0-9a-f]{1,16})[ ,]*){1,8}\s*$")]
    private static partial Regex Dump();
}
