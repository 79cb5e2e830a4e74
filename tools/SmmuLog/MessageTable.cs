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
    public static TemplateFit Find(string text, out DriverMessage? message) => Find(text, out message, out _);

    /// <summary>Finds the message that a text is, or of which it is the beginning.</summary>
    /// <param name="text">The text.</param>
    /// <param name="message">The message.</param>
    /// <param name="end">Where the message ends.</param>
    /// <returns>How far the text fits.</returns>
    public static TemplateFit Find(string text, out DriverMessage? message, out int end)
    {
        (message, end) = (null, 0);
        if (text.Length == 0 || !s_byFirst.TryGetValue(text[0], out DriverMessage[]? rows))
        {
            return TemplateFit.None;
        }

        // The first row that fits at all: a special row stands before the general one.
        foreach (DriverMessage row in rows)
        {
            TemplateFit fit = row.Template.Match(text, null, out end);
            if (fit != TemplateFit.None)
            {
                message = row;
                return fit;
            }
        }

        return TemplateFit.None;
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
