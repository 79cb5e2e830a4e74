namespace Iopf.SmmuLog;

/// <summary>One word as printed.</summary>
/// <param name="Value">Its value; null if it is damaged.</param>
/// <param name="Text">How it stands in the log.</param>
internal readonly record struct RawWord(ulong? Value, string Text)
{
    private const int Digits = 16;
    private const int TextLengthMax = 60;

    /// <summary>Reads the words of a message: 0x and sixteen digits each. What follows them does not matter.</summary>
    /// <param name="text">The message.</param>
    /// <param name="words">Takes the words.</param>
    /// <returns>Whether the message begins like a word, damaged or not.</returns>
    public static bool Read(string text, List<RawWord> words)
    {
        words.Clear();
        TextCursor cursor = new(text);
        while (cursor.Rest.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            TextCursor whole = cursor;
            if (cursor.TakeHex(out ulong value) && cursor.IsAtBlank && whole.Rest.Length - cursor.Rest.Length == Digits + 2)
            {
                words.Add(new RawWord(value, whole.Rest[..(Digits + 2)].ToString()));
                cursor.SkipBlanks();
                continue;
            }

            ReadOnlySpan<char> rest = whole.Rest;
            words.Add(new RawWord(null, rest[..Math.Min(rest.Length, TextLengthMax)].ToString()));
            break;
        }

        return words.Count > 0;
    }

    /// <summary>What a damaged word reads without the blanks inside it; null unless that makes exactly sixteen digits.</summary>
    public string? Repaired()
    {
        string joined = string.Concat(Text.Where(character => character is not (' ' or '\t')));
        return joined.Length == Digits + 2 && joined.Skip(2).All(char.IsAsciiHexDigit) ? joined : null;
    }
}
