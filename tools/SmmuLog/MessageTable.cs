namespace Iopf.SmmuLog;

/// <summary>Every message of the driver that is known, and what a line is of them.</summary>
internal static class MessageTable
{
    private const int LeastCharacters = 9;

    // By first character: a line is held against few of them.
    private static readonly Dictionary<char, DriverMessage[]> s_byFirst =
        QueueMessages.Rows.Concat(ProbeRows.Rows).GroupBy(row => row.Template.Start[0]).ToDictionary(rows => rows.Key, rows => rows.ToArray());

    /// <summary>Every message.</summary>
    public static IEnumerable<DriverMessage> Rows => QueueMessages.Rows.Concat(ProbeRows.Rows);

    /// <summary>Finds the message that a text is, or of which it is the beginning.</summary>
    /// <param name="text">The text.</param>
    /// <param name="message">The message.</param>
    /// <returns>How far the text fits.</returns>
    public static TemplateFit Find(string text, out DriverMessage? message)
    {
        message = null;
        if (text.Length == 0 || !s_byFirst.TryGetValue(text[0], out DriverMessage[]? rows))
        {
            return TemplateFit.None;
        }

        foreach (DriverMessage row in rows)
        {
            TemplateFit fit = row.Template.Match(text);
            if (fit == TemplateFit.Whole)
            {
                message = row;
                return fit;
            }

            message ??= fit == TemplateFit.Beginning ? row : null;
        }

        return message is null ? TemplateFit.None : TemplateFit.Beginning;
    }

    /// <summary>Whether a line that names no driver, or one that is not known, is a message of this driver all the same.</summary>
    public static bool IsUnmistakable(string text) =>
        Find(text, out DriverMessage? message) switch
        {
            TemplateFit.Whole => message!.IsUnmistakable,
            TemplateFit.Beginning => message!.IsUnmistakable && text.Length >= LeastCharacters,
            _ => false,
        };
}
