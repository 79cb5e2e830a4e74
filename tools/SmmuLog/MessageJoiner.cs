using System.Buffers;

namespace Iopf.SmmuLog;

/// <summary>Joins what a mailer or a terminal broke: a message of which only the beginning stands on a line, and the lines that complete it.</summary>
/// <param name="give">Takes the messages.</param>
internal sealed class MessageJoiner(Action<DriverText> give)
{
    private const int LinesBetweenMax = 2;
    private const int WordLength = 18;

    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdefABCDEF");

    private readonly List<DriverText> _between = [];
    private DriverText? _held;

    /// <summary>Whether a message waits for its rest.</summary>
    public bool IsWaiting => _held is not null;

    /// <summary>Takes the next message.</summary>
    public void Take(in DriverText message)
    {
        if (_held is { } first)
        {
            if (message.FromDriver)
            {
                Release();
            }
            else if (message is { Place.Time: null, Text.Length: > 0 } && Joined(first.Text, message, out bool isWhole) is { } text)
            {
                _held = first with { Text = text, Place = first.Place with { Joined = first.Place.Joined + 1 } };
                if (isWhole)
                {
                    Release();
                }

                return;
            }
            else
            {
                _between.Add(message);
                if (_between.Count > LinesBetweenMax)
                {
                    Release();
                }

                return;
            }
        }

        if ((message.FromDriver || MessageTable.IsUnmistakable(message.Text)) && FitOf(message.Text, out _) == TemplateFit.Beginning)
        {
            _held = message;
        }
        else
        {
            give(message);
        }
    }

    /// <summary>Nothing more comes.</summary>
    public void Release()
    {
        if (_held is { } message)
        {
            _held = null;
            give(message);
        }

        foreach (DriverText between in _between)
        {
            give(between);
        }

        _between.Clear();
    }

    private static string? Joined(string first, in DriverText second, out bool isWhole)
    {
        // What looks like the mark of a list may be part of the message: "no evtq irq" / "- events will not be reported!".
        string text = second.Text;
        string marked = second.Role == DriverTextRole.Lead ? text : second.Line.Trim(' ', '\t', '>', '|');
        string[] attempts = first.Length == 0 ? [text]
            : marked == text ? [$"{first} {text}", first + text]
            : [$"{first} {text}", first + text, $"{first} {marked}", first + marked];
        // Of those that are whole, the one that leaves the least over.
        (string? Text, int Left) whole = (null, int.MaxValue);
        string? beginning = null;
        foreach (string attempt in attempts)
        {
            TemplateFit fit = FitOf(attempt, out int end);
            bool isOne = fit == TemplateFit.Whole || (first.Length == 0 && fit == TemplateFit.None);
            whole = isOne && attempt.Length - end < whole.Left ? (attempt, attempt.Length - end) : whole;
            beginning ??= fit == TemplateFit.Beginning ? attempt : null;
        }

        isWhole = whole.Text is not null;
        return whole.Text ?? beginning;
    }

    /// <summary>Whether a text is a whole message, the beginning of one, or none that is known.</summary>
    private static TemplateFit FitOf(string text, out int end)
    {
        end = text.Length;
        if (text.Length == 0)
        {
            return TemplateFit.Beginning;
        }

        if (text[0] != '0')
        {
            return MessageTable.Find(text, out _, out end);
        }

        // Words: the last one may be cut.
        int last = text.LastIndexOf(' ') + 1;
        ReadOnlySpan<char> word = text.AsSpan(last);
        bool isCut = word.Length < WordLength && (word is "0" || (word.StartsWith("0x") && !word[2..].ContainsAnyExcept(s_digits)))
            && (last == 0 || text.AsSpan(0, last).TrimEnd().Length >= WordLength);
        return isCut ? TemplateFit.Beginning : text.Length >= WordLength && text.StartsWith("0x", StringComparison.Ordinal) && !text.AsSpan(2, 16).Contains(' ') ? TemplateFit.Whole : TemplateFit.None;
    }
}
