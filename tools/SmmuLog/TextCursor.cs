using System.Globalization;

namespace Iopf.SmmuLog;

/// <summary>Reads a line from left to right.</summary>
/// <param name="text">The line.</param>
internal ref struct TextCursor(ReadOnlySpan<char> text)
{
    private ReadOnlySpan<char> _rest = text;

    /// <summary>What is not read yet.</summary>
    public readonly ReadOnlySpan<char> Rest => _rest;

    /// <summary>Whether everything is read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Whether a blank comes next, or nothing.</summary>
    public readonly bool IsAtBlank => _rest.IsEmpty || _rest[0] is ' ' or '\t';

    public void SkipBlanks() => _rest = _rest.TrimStart(" \t");

    /// <summary>Reads a literal if it comes next.</summary>
    public bool Take(string literal)
    {
        if (!_rest.StartsWith(literal, StringComparison.Ordinal))
        {
            return false;
        }

        _rest = _rest[literal.Length..];
        return true;
    }

    /// <summary>Reads a word of its own, and the blanks around it, if it comes next.</summary>
    public bool TakeWord(string word)
    {
        SkipBlanks();
        if (!_rest.StartsWith(word, StringComparison.Ordinal) || (_rest.Length > word.Length && _rest[word.Length] is not (' ' or '\t')))
        {
            return false;
        }

        _rest = _rest[word.Length..];
        SkipBlanks();
        return true;
    }

    /// <summary>Reads up to a literal and the literal itself; nothing if it does not come.</summary>
    public bool TakeUntil(string literal, out ReadOnlySpan<char> before)
    {
        int at = _rest.IndexOf(literal, StringComparison.Ordinal);
        before = at < 0 ? default : _rest[..at];
        if (at >= 0)
        {
            _rest = _rest[(at + literal.Length)..];
        }

        return at >= 0;
    }

    /// <summary>Reads up to the next blank.</summary>
    public ReadOnlySpan<char> Token()
    {
        int end = _rest.IndexOfAny(' ', '\t');
        ReadOnlySpan<char> token = end < 0 ? _rest : _rest[..end];
        _rest = _rest[token.Length..];
        return token;
    }

    /// <summary>Reads a number of at most 16 hexadecimal digits behind 0x.</summary>
    public bool TakeHex(out ulong value)
    {
        value = 0;
        if (!_rest.StartsWith("0x", StringComparison.Ordinal))
        {
            return false;
        }

        int digits = 2;
        while (digits < _rest.Length && char.IsAsciiHexDigit(_rest[digits]))
        {
            digits++;
        }

        if (!ulong.TryParse(_rest[2..digits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value))
        {
            return false;
        }

        _rest = _rest[digits..];
        return true;
    }

    /// <summary>Reads a decimal number.</summary>
    public bool TakeNumber(out long value)
    {
        int digits = 0;
        while (digits < _rest.Length && char.IsAsciiDigit(_rest[digits]))
        {
            digits++;
        }

        if (!long.TryParse(_rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out value))
        {
            return false;
        }

        _rest = _rest[digits..];
        return true;
    }
}
