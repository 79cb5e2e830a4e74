using System.Globalization;
using System.Text.RegularExpressions;

namespace Iopf.SmmuLog;

/// <summary>Separates what dmesg, the journal or syslog put before a kernel message from the message.</summary>
internal static partial class LinePrefix
{
    private const int PartsMax = 24;

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
            else if (match.Groups["us"] is { Success: true } microseconds)
            {
                time = (decimal.Parse(microseconds.ValueSpan, CultureInfo.InvariantCulture) / 1_000_000).ToString("0.000000", CultureInfo.InvariantCulture);
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

    // Marks of quotes and lists; blanks, <3>, (XEN); a kernel time, with its level or CPU, or dmesg -T, or Xen's date; a caller ([T12], [    C0]);
    // dmesg -x; /dev/kmsg; syslog, ISO, Unix or systemd's full time with host and tag; logcat; a field of journalctl -o export; "kernel:".
    [GeneratedRegex(
        @"\G(?:[ \t\uFEFF>|]+|(?:[-*+\u2022]|\d{1,3}[.)]) +|<\d{1,3}>|\(XEN\)|\[(?<kernel> *\d+\.\d+)(?:[@,]\d+)?\]"
        + @"|\[(?<kernel>(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[^\]]{1,40}|\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?)\]"
        + @"|(?<kernel>\d+\.\d+)\](?= )|\[ *[TC]\d+\]|kern +:[a-z]+ *:|\d{1,6},\d+,(?<us>\d{1,18}),[-c][^;]{0,80};"
        + @"|(?<clock>(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2} \d\d:\d\d:\d\d(?:\.\d+)?) [^ ]+ (?=[^ ]+: )"
        + @"|(?<clock>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)(?: [^ :]+(?= [^ ]+: ))?"
        + @"|(?<clock>(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [A-Z]{2,5}) |(?<clock>\d{9,10}\.\d{6}) (?=[^ ]+ kernel)"
        + @"|(?<clock>\d\d-\d\d \d\d:\d\d:\d\d\.\d{3,6}) +(?:\d+ +\d+ )?(?:[VDIWEFS][ /][^:]{1,40}: )?|[VDIWEF]/[^:]{1,40}: |MESSAGE="
        + @"|[A-Za-z0-9_.-]+ (?=kernel(?:\[\d+\])?: )|kernel(?:\[\d+\])?:)",
        RegexOptions.CultureInvariant)]
    private static partial Regex Part();

    [GeneratedRegex(@"\[(?<kernel> *\d+\.\d+)(?:[@,]\d+)?\]", RegexOptions.CultureInvariant | RegexOptions.RightToLeft)]
    private static partial Regex Bracketed();

    [GeneratedRegex("\u001b\\[[0-9;]*[A-Za-z]", RegexOptions.CultureInvariant)]
    private static partial Regex Colour();
}
