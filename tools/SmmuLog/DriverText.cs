namespace Iopf.SmmuLog;

/// <summary>One message of a line.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="FromDriver">Whether it names the SMMUv3 driver.</param>
/// <param name="Device">The SMMU's name; null if the message has none.</param>
/// <param name="Text">The message, without blanks around it.</param>
internal readonly record struct DriverText(LogPlace Place, bool FromDriver, string? Device, string Text)
{
    private const string Driver = "arm-smmu-v3";
    private const string XenDriver = "SMMUv3: ";
    private const int DeviceLengthMax = 80;

    /// <summary>Finds the messages of the SMMUv3 driver in a line; mailers glue several together.</summary>
    /// <param name="number">The line's number.</param>
    /// <param name="line">The line.</param>
    /// <param name="found">Takes the messages; the whole line, as nobody's, if the driver is not named.</param>
    public static void Find(long number, string line, List<DriverText> found)
    {
        found.Clear();
        int bare = LinePrefix.Read(line, out string? time);
        int at = NextMarker(line, 0, out string? device, out int text);
        if (at < 0)
        {
            found.Add(new DriverText(new LogPlace(number, time), false, null, line[bare..].Trim()));
            return;
        }

        int previous = 0;
        while (at >= 0)
        {
            if (at > bare)
            {
                time = LinePrefix.LastTimeIn(line[previous..at]) ?? time;
            }

            int next = NextMarker(line, text, out string? nextDevice, out int nextText);
            found.Add(new DriverText(new LogPlace(number, time), true, device, line[text..(next < 0 ? line.Length : next)].Trim()));
            (previous, at, device, text) = (text, next, nextDevice, nextText);
        }
    }

    private static int NextMarker(string line, int from, out string? device, out int text)
    {
        for (int at = from; at < line.Length; at++)
        {
            at = IndexOfDriver(line, at);
            if (at < 0)
            {
                break;
            }

            if ((at == 0 || !IsNamePart(line[at - 1])) && ReadDevice(line, at, out device, out text))
            {
                return at;
            }
        }

        (device, text) = (null, 0);
        return -1;
    }

    private static int IndexOfDriver(string line, int from)
    {
        int linux = line.IndexOf(Driver, from, StringComparison.Ordinal);
        int xen = line.IndexOf(XenDriver, from, StringComparison.Ordinal);
        return linux < 0 || (xen >= 0 && xen < linux) ? xen : linux;
    }

    /// <summary>"arm-smmu-v3 NAME:", "arm-smmu-v3:" without a name, "arm-smmu-v3.0.auto:" as an unbound device, "SMMUv3: NAME:" of Xen.</summary>
    private static bool ReadDevice(string line, int at, out string? device, out int text)
    {
        device = null;
        bool isXen = line[at] == XenDriver[0];
        text = at + (isXen ? XenDriver.Length : Driver.Length);
        char next = text < line.Length ? line[text] : '\0';
        if (!isXen && next == ':')
        {
            text++;
            return text == line.Length || line[text] is ' ' or '\t';
        }

        if (!isXen && next is not (' ' or '.'))
        {
            return false;
        }

        int first = isXen ? text : next == '.' ? at : text + 1;
        int end = first;
        while (end < line.Length && line[end] is not (' ' or '\t'))
        {
            end++;
        }

        bool hasName = end - first is > 1 and <= DeviceLengthMax && line[end - 1] == ':';
        if (hasName)
        {
            device = line[first..(end - 1)];
            text = end;
        }

        return hasName || isXen;
    }

    private static bool IsNamePart(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.';
}
