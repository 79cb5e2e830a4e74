namespace Iopf.SmmuLog;

/// <summary>The text of a message with places for its values: <c>{name:x}</c> a number behind 0x, <c>{name:q}</c> one of sixteen digits, <c>{name:h}</c> digits without it,
/// <c>{name:d}</c> a decimal number, <c>{name:w}</c> a word, <c>{name:t}</c> whatever comes before the literal that follows.</summary>
/// <remarks>Unlike a regular expression it also tells whether a text is the beginning of the message, which a wrapped line is.</remarks>
internal sealed class MessageTemplate
{
    private const int QuadDigits = 16;

    private readonly List<Part> _parts = [];

    /// <summary>Reads a template.</summary>
    public MessageTemplate(string text)
    {
        Text = text;
        int at = 0;
        while (at < text.Length)
        {
            int open = text.IndexOf('{', at);
            if (open < 0)
            {
                _parts.Add(new Part(text[at..], null, '\0'));
                break;
            }

            if (open > at)
            {
                _parts.Add(new Part(text[at..open], null, '\0'));
            }

            int close = text.IndexOf('}', open);
            _parts.Add(new Part("", text[(open + 1)..(close - 2)], text[close - 1]));
            at = close + 1;
        }

        Start = _parts[0].Literal;
    }

    /// <summary>The template as it is written.</summary>
    public string Text { get; }

    /// <summary>The literal it begins with.</summary>
    public string Start { get; }

    /// <summary>Holds a text against the template.</summary>
    /// <param name="text">The text.</param>
    /// <param name="values">Takes the values; null if they are not wanted.</param>
    /// <returns>How far it fits.</returns>
    public TemplateFit Match(ReadOnlySpan<char> text, Details? values = null) => Match(text, values, out _);

    /// <summary>Holds a text against the template.</summary>
    /// <param name="text">The text.</param>
    /// <param name="values">Takes the values; null if they are not wanted.</param>
    /// <param name="at">Where the message ends.</param>
    /// <returns>How far it fits.</returns>
    public TemplateFit Match(ReadOnlySpan<char> text, Details? values, out int at)
    {
        at = 0;
        for (int index = 0; index < _parts.Count; index++)
        {
            Part part = _parts[index];
            bool isLast = index == _parts.Count - 1;
            TemplateFit fit = part.Name is null ? Literal(part.Literal, text, ref at)
                : part.Form == 't' ? Anything(isLast ? null : _parts[index + 1].Literal, part.Name, text, ref at, values)
                : Value(part, isLast, text, ref at, values);
            if (fit != TemplateFit.Whole)
            {
                return fit;
            }
        }

        return TemplateFit.Whole;
    }

    private static TemplateFit Literal(string literal, ReadOnlySpan<char> text, ref int at)
    {
        foreach (char character in literal)
        {
            if (at == text.Length)
            {
                return TemplateFit.Beginning;
            }

            bool isBlank = character == ' ';
            if (isBlank ? text[at] is not (' ' or '\t') : text[at] != character)
            {
                return TemplateFit.None;
            }

            at++;
            while (isBlank && at < text.Length && text[at] is ' ' or '\t')
            {
                at++;
            }
        }

        return TemplateFit.Whole;
    }

    private static TemplateFit Anything(string? until, string name, ReadOnlySpan<char> text, ref int at, Details? values)
    {
        ReadOnlySpan<char> rest = text[at..];
        int end = until is null ? rest.Length : rest.IndexOf(until, StringComparison.Ordinal);
        if (end < 0)
        {
            return TemplateFit.Beginning;
        }

        values?.Add(name, rest[..end].Trim().ToString());
        at += end;
        return TemplateFit.Whole;
    }

    private static TemplateFit Value(Part part, bool isLast, ReadOnlySpan<char> text, ref int at, Details? values)
    {
        int start = at;
        if (part.Form is 'x' or 'q')
        {
            // The kernel prints 0 as 0 or 0x0.
            TemplateFit prefix = text[at..] is "0" ? TemplateFit.Beginning : text[at..].StartsWith("0 ") ? TemplateFit.None : Literal("0x", text, ref at);
            if (prefix != TemplateFit.Whole)
            {
                return text[at..].StartsWith("0 ") ? Zero(part, ref at, values) : prefix;
            }
        }

        int digits = at;
        while (at < text.Length && (Belongs(text[at], part.Form) || (part.Form == 'w' && text[at] == ',' && at + 1 < text.Length && text[at + 1] != ' ')))
        {
            at++;
        }

        if (at == text.Length && (!isLast || at == digits || (part.Form == 'q' && at - digits < QuadDigits)))
        {
            return TemplateFit.Beginning;
        }

        if (at == digits)
        {
            return TemplateFit.None;
        }

        values?.Add(part.Name!, text[start..at].ToString());
        return TemplateFit.Whole;
    }

    private static TemplateFit Zero(Part part, ref int at, Details? values)
    {
        at++;
        values?.Add(part.Name!, "0x0");
        return TemplateFit.Whole;
    }

    private static bool Belongs(char character, char form) => form switch
    {
        'd' => char.IsAsciiDigit(character),
        'w' => character is not (' ' or '\t' or ')' or ',' or ']'),
        _ => char.IsAsciiHexDigit(character),
    };

    private readonly record struct Part(string Literal, string? Name, char Form);
}
