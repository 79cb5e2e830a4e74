using System.Buffers;
using System.Text.RegularExpressions;

namespace Iopf.SmmuLog;

/// <summary>Finds the messages of SMMUv3 drivers in lines, whatever the driver is called and whatever stands before it.</summary>
internal sealed partial class MessageFinder
{
    private const int NameLengthMax = 80;
    private const string Usual = "arm-smmu-v3 ";

    private static readonly SearchValues<string> s_smmu = SearchValues.Create(["smmu", "SMMU"], StringComparison.Ordinal);

    private static readonly SearchValues<char> s_time = SearchValues.Create("0123456789.");

    private readonly List<DriverText> _found = [];
    private string _device = "";
    private bool _endsWithDriver;
    private string? _timeOfDriver;

    /// <summary>Finds the messages of a line; mailers glue several together.</summary>
    /// <param name="number">The line's number.</param>
    /// <param name="line">The line.</param>
    /// <returns>The messages, valid until the next call; the whole line if no driver is named.</returns>
    public List<DriverText> Find(long number, string line)
    {
        _found.Clear();
        if (TryUsual(number, line))
        {
            return _found;
        }

        line = LinePrefix.WithoutColours(line).TrimEnd();
        int bare = LinePrefix.Read(line, out string? time);
        bool followsDriver = _endsWithDriver;
        _endsWithDriver = false;
        int at = NextMarker(line, 0, out string? device, out int text);
        if (followsDriver && at != bare && Device().Match(line, bare, line.Length - bare) is { Success: true } name)
        {
            (at, device, text, time) = (bare, name.Groups["device"].Value, bare + name.Length, time ?? _timeOfDriver);
        }

        if (at < 0)
        {
            _endsWithDriver = DriverAtEnd().IsMatch(line);
            _timeOfDriver = time;
            Add(new LogPlace(number, time), isDriver: false, null, line[bare..], DriverTextRole.Nobodys, line);
            return _found;
        }

        if (at > bare && WithoutTime(line[bare..at]) is { Length: > 0 } lead)
        {
            _found.Add(new DriverText(new LogPlace(number, null), false, null, lead, DriverTextRole.Lead, line));
        }

        int previous = 0;
        while (at >= 0)
        {
            time = at > bare ? LinePrefix.LastTimeIn(line[previous..at]) ?? time : time;
            int next = NextMarker(line, text, out string? nextDevice, out int nextText);
            string rest = line[text..(next < 0 ? line.Length : next)];
            if (next < 0 && DriverAtEnd().IsMatch(rest))
            {
                (_endsWithDriver, _timeOfDriver) = (true, LinePrefix.LastTimeIn(rest) ?? time);
            }

            Add(new LogPlace(number, time), isDriver: true, device, rest, DriverTextRole.Drivers, line);
            (previous, at, device, text) = (text, next, nextDevice, nextText);
        }

        return _found;
    }

    /// <summary>Reads a line of a driver that is not known by its name: <c>DRIVER DEVICE: TEXT</c>.</summary>
    public static bool TryOther(in DriverText message, out DriverText other)
    {
        other = message;
        if (OtherDriver().Match(message.Text) is not { Success: true } match)
        {
            return false;
        }

        other = message with { Device = match.Groups["device"].Value, Text = match.Groups["text"].Value.Trim() };
        return true;
    }

    // "[   12.345678] arm-smmu-v3 NAME: TEXT" and nothing else: what a storm consists of.
    private bool TryUsual(long number, string line)
    {
        if (line.Length == 0 || line[0] != '[' || _endsWithDriver)
        {
            return false;
        }

        int end = line.IndexOf(']', StringComparison.Ordinal);
        if (end < 4 || end + 2 + Usual.Length >= line.Length || line[end + 1] != ' ' || string.CompareOrdinal(line, end + 2, Usual, 0, Usual.Length) != 0)
        {
            return false;
        }

        ReadOnlySpan<char> time = line.AsSpan(1, end - 1).TrimStart(' ');
        int name = end + 2 + Usual.Length;
        int colon = line.IndexOf(": ", name, StringComparison.Ordinal);
        if (time.ContainsAnyExcept(s_time) || colon <= name + 1 || colon - name > NameLengthMax || line.AsSpan(colon).ContainsAny(s_smmu)
            || line.AsSpan(name, colon - name).ContainsAny(' ', '\t') || line.Contains('\u001b', StringComparison.Ordinal))
        {
            return false;
        }

        ReadOnlySpan<char> text = line.AsSpan(colon + 2).Trim();
        if (text.Length == 0 || text[^1] is '[' or ']')
        {
            return false;
        }

        ReadOnlySpan<char> device = line.AsSpan(name, colon - name);
        _device = device.SequenceEqual(_device) ? _device : device.ToString();
        _found.Add(new DriverText(new LogPlace(number, time.ToString()), true, _device, text.ToString(), DriverTextRole.Drivers, line));
        return true;
    }

    private void Add(LogPlace place, bool isDriver, string? device, string text, DriverTextRole role, string line) =>
        _found.Add(new DriverText(place, isDriver, device, WithoutTime(text), role, line));

    // A time that a mailer drew up from the next line, unless a message goes on with that bracket.
    private static string WithoutTime(string text)
    {
        text = text.Trim();
        return text.Length > 0 && text[^1] is '[' or ']' or '.' or (>= '0' and <= '9') && MessageTable.Find(text, out _) != TemplateFit.Beginning
            ? DrawnUp().Replace(text, "").TrimEnd()
            : text;
    }

    private static int NextMarker(string line, int from, out string? device, out int text)
    {
        for (int at = from; at < line.Length; at++)
        {
            int found = line.AsSpan(at).IndexOfAny(s_smmu);
            if (found < 0)
            {
                break;
            }

            at += found;
            int first = at;
            while (first > from && IsNamePart(line[first - 1]))
            {
                first--;
            }

            int end = at;
            while (end < line.Length && IsNamePart(line[end]))
            {
                end++;
            }

            if (SmmuV3().IsMatch(line.AsSpan(first, end - first)) && ReadDevice(line, first, end, out device, out text))
            {
                return first;
            }

            at = end;
        }

        (device, text) = (null, 0);
        return -1;
    }

    /// <summary>"arm-smmu-v3 NAME:", "arm-smmu-v3:" without a name, "arm-smmu-v3.0.auto:" as an unbound device, "SMMUv3: NAME:" of Xen.</summary>
    private static bool ReadDevice(string line, int first, int end, out string? device, out int text)
    {
        device = null;
        text = end + 1;
        bool isXen = line.AsSpan(first, end - first) is "SMMUv3";
        if (end < line.Length && line[end] == ':' && (text == line.Length || line[text] is ' ' or '\t'))
        {
            device = line.AsSpan(first, end - first).Contains('.') ? line[first..end] : null;
            if (isXen && DeviceAt(line, text + 1, out int after) is { } name)
            {
                (device, text) = (name, after);
            }

            return true;
        }

        if (end < line.Length && line[end] == ' ' && DeviceAt(line, end + 1, out int behind) is { } bound)
        {
            (device, text) = (bound, behind);
            return true;
        }

        return false;
    }

    private static string? DeviceAt(string line, int first, out int behind)
    {
        int end = first;
        while (end < line.Length && line[end] is not (' ' or '\t'))
        {
            end++;
        }

        behind = end;
        return end - first is > 1 and <= NameLengthMax && line[end - 1] == ':' ? line[first..(end - 1)] : null;
    }

    private static bool IsNamePart(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.';

    // Not the performance monitors, which have a driver of their own.
    [GeneratedRegex("^(?!.*pmcg).*smmu[-_]?v3", RegexOptions.IgnoreCase)]
    private static partial Regex SmmuV3();

    [GeneratedRegex(@"(?:^|(?<=[\s\]]))(?!\S*pmcg)(?:[A-Za-z][\w-]{0,60})?smmu[-_]?v3[\w-]{0,60}$", RegexOptions.IgnoreCase)]
    private static partial Regex DriverAtEnd();

    [GeneratedRegex(@"\G(?<device>[^\s:][^\s]{1,79}):(?=\s|$)")]
    private static partial Regex Device();

    [GeneratedRegex(@"^(?:[A-Za-z][\w./-]{0,79} )(?<device>[^\s:]\S{0,79}):\s+(?<text>\S.*)$")]
    private static partial Regex OtherDriver();

    [GeneratedRegex(@"(?:^|\s+)\[[\s\d.]*\]?$|^\d+\.\d+\]$")]
    private static partial Regex DrawnUp();
}
