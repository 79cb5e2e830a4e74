using System.Text.RegularExpressions;

namespace Iopf.SmmuLog;

/// <summary>Separates what dmesg, the journal or syslog put before a kernel message from the message.</summary>
internal static partial class LinePrefix
{
    private const int PartsMax = 8;

    /// <summary>Reads the prefixes of a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="time">The timestamp; that of the kernel wins over that of the journal. Null if there is none.</param>
    /// <returns>Where the message begins.</returns>
    public static int Read(string line, out string? time)
    {
        time = null;
        int at = 0;
        for (int part = 0; part < PartsMax; part++)
        {
            Match match = Part().Match(line, at, line.Length - at);
            if (!match.Success || match.Length == 0)
            {
                break;
            }

            if (match.Groups["kernel"] is { Success: true } kernel)
            {
                time = kernel.Value.Trim();
            }
            else if (match.Groups["clock"] is { Success: true } clock)
            {
                time ??= clock.Value;
            }

            at += match.Length;
        }

        return at;
    }

    /// <summary>The last kernel timestamp in a piece of text that holds more than prefixes.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The timestamp; null if there is none.</returns>
    public static string? LastTimeIn(string text)
    {
        Match last = Bracketed().Match(text);
        return last.Success ? last.Groups["kernel"].Value.Trim() : null;
    }

    /// <summary>Takes the colours out that dmesg gives a terminal.</summary>
    /// <param name="line">The line.</param>
    /// <returns>The line without them.</returns>
    public static string WithoutColours(string line) => line.Contains('\u001b', StringComparison.Ordinal) ? Colour().Replace(line, "") : line;

    // Blanks, <3>, (XEN), a kernel time or dmesg -T, a caller ([T12], [    C0]), dmesg -x, syslog or ISO time with host and tag, "kernel:".
    [GeneratedRegex(
        @"\G(?:[ \t\uFEFF]+|<\d{1,3}>|\(XEN\)|\[(?<kernel> *\d+\.\d+)(?:@\d+)?\]|\[(?<kernel>(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[^\]]{1,40})\]"
        + @"|(?<kernel>\d+\.\d+)\](?= )|\[ *[TC]\d+\]|kern +:[a-z]+ *:"
        + @"|(?<clock>(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2} \d\d:\d\d:\d\d(?:\.\d+)?) [^ ]+ (?=[^ ]+: )"
        + @"|(?<clock>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)(?: [^ :]+(?= [^ ]+: ))?"
        + @"|[A-Za-z0-9_.-]+ (?=kernel(?:\[\d+\])?: )|kernel(?:\[\d+\])?:)",
        RegexOptions.CultureInvariant)]
    private static partial Regex Part();

    [GeneratedRegex(@"\[(?<kernel> *\d+\.\d+)(?:@\d+)?\]", RegexOptions.CultureInvariant | RegexOptions.RightToLeft)]
    private static partial Regex Bracketed();

    [GeneratedRegex("\u001b\\[[0-9;]*[A-Za-z]", RegexOptions.CultureInvariant)]
    private static partial Regex Colour();
}
