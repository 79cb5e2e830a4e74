using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Iopf.SmmuLog;

/// <summary>Takes lines out of what they were sent in: JSON of journalctl and dmesg, quoted-printable mail, HTML, Markdown, escapes of syslog and /dev/kmsg.</summary>
/// <remarks>Each is told by its content, line by line. What is taken out of JSON gets its time in front, as dmesg writes it.</remarks>
/// <param name="give">Takes the lines.</param>
/// <param name="count">Counts a line by the name of its transport.</param>
internal sealed partial class TransportLines(Action<long, string> give, Action<string> count)
{
    private const int JoinedCharactersMax = 1 << 16;
    private const int SoftJoinsMax = 32;
    private const int Microseconds = 1_000_000;

    // A line without any of these is plain.
    private static readonly SearchValues<char> s_special = SearchValues.Create("=<&`#\\\u00a0\r{}\"");

    private string? _soft;
    private long _softNumber;
    private int _softJoins;
    private bool _isQuotedPrintable;
    private string? _message;
    private long _messageNumber;
    private string? _time;

    /// <summary>Whether the next line matters, whatever it holds.</summary>
    public bool IsWaiting => _soft is not null || _message is not null;

    /// <summary>Takes a line.</summary>
    public void Take(long number, string line)
    {
        _isQuotedPrintable |= line.EndsWith("quoted-printable", StringComparison.Ordinal);
        if (_soft is null && !line.AsSpan().ContainsAny(s_special))
        {
            give(number, line);
            return;
        }

        if (_soft is { } first)
        {
            line = first + WithoutQuotes(line);
            number = _softNumber;
            _soft = null;
            _isQuotedPrintable = true;
            count("quoted-printable");
        }

        if (line.Length is > 1 and < JoinedCharactersMax && line[^1] == '=' && line[^2] is not ('<' or '>' or '=') && _softJoins < SoftJoinsMax)
        {
            (_soft, _softNumber) = (line[..^1], number);
            _softJoins++;
            return;
        }

        _softJoins = 0;

        _isQuotedPrintable |= line.Contains("=3D", StringComparison.Ordinal);
        if (_isQuotedPrintable && line.Contains('=', StringComparison.Ordinal) && Escape().IsMatch(line))
        {
            line = Escape().Replace(line, Unescaped);
            count("quoted-printable");
        }

        if (!TakeJson(number, line))
        {
            TakeMarkup(number, line);
        }
    }

    /// <summary>The log ends.</summary>
    public void End()
    {
        if (_soft is { } first)
        {
            _soft = null;
            Take(_softNumber, first);
        }

        GiveMessage();
    }

    private void TakeMarkup(long number, string line)
    {
        if (line.Contains('<', StringComparison.Ordinal) && Tag().IsMatch(line))
        {
            line = Tag().Replace(Break().Replace(line, "\r"), "");
            count("HTML");
        }

        if (line.Contains('&', StringComparison.Ordinal) && Entity().IsMatch(line))
        {
            line = WebUtility.HtmlDecode(line);
            count("HTML");
        }

        if (line.Contains('`', StringComparison.Ordinal))
        {
            line = line.Replace('`', ' ').TrimEnd();
            count("Markdown");
        }

        if (line.Contains("#011", StringComparison.Ordinal))
        {
            line = line.Replace("#011", "\t", StringComparison.Ordinal);
            count("syslog escapes");
        }

        if (line.Contains("\\x", StringComparison.Ordinal))
        {
            line = KmsgEscape().Replace(line, escape => ((char)byte.Parse(escape.ValueSpan[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)).ToString());
        }

        line = line.Replace('\u00a0', ' ');
        if (!line.Contains('\r', StringComparison.Ordinal))
        {
            give(number, line);
            return;
        }

        foreach (string piece in line.Split('\r', StringSplitOptions.RemoveEmptyEntries))
        {
            give(number, piece);
        }
    }

    private bool TakeJson(long number, string line)
    {
        string bare = line.TrimStart(' ', '\t', '\u001e', '\ufeff', ',');
        bare = bare.StartsWith("data: {", StringComparison.Ordinal) ? bare["data: ".Length..] : bare;
        switch (bare)
        {
            case ['{' or '}', ..] or ['[', '{', ..] or ['[']:
                return TakeObject(number, bare);
            case ['"', ..] when Member().Match(bare) is { Success: true } member:
                TakeMember(number, member.Groups["key"].Value, member.Groups["value"].Value);
                return true;
            default:
                return false;
        }
    }

    private bool TakeObject(long number, string text)
    {
        if (text[0] == '}')
        {
            GiveMessage();
            return true;
        }

        if (!text.Contains("\"MESSAGE\"", StringComparison.Ordinal) && !text.Contains("\"msg\"", StringComparison.Ordinal))
        {
            return text.Trim() is "{" or "[";
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text.TrimEnd(' ', ',', '\r'));
            TakeElement(number, document.RootElement);
            return true;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private void TakeElement(long number, JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement entry in element.EnumerateArray())
            {
                TakeElement(number, entry);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in element.EnumerateObject())
            {
                if (member.Value.ValueKind == JsonValueKind.Array && member.Name == "dmesg")
                {
                    TakeElement(number, member.Value);
                }
                else
                {
                    TakeMember(number, member.Name, member.Value.GetRawText());
                }
            }

            GiveMessage();
            _time = null;
        }
    }

    private void TakeMember(long number, string key, string value)
    {
        switch (key)
        {
            case "MESSAGE" or "msg":
                GiveMessage();
                (_message, _messageNumber) = (Text(value), number);
                break;
            case "_SOURCE_MONOTONIC_TIMESTAMP" or "__REALTIME_TIMESTAMP" when decimal.TryParse(value.Trim('"', ' '), NumberStyles.None, CultureInfo.InvariantCulture, out decimal us):
                bool isKernels = key[1] == 'S';
                _time = isKernels || _time is null || _message is null ? (us / Microseconds).ToString("0.000000", CultureInfo.InvariantCulture) : _time;
                break;
            case "time" when decimal.TryParse(value.Trim('"', ' '), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _):
                _time = value.Trim('"', ' ');
                break;
        }
    }

    private void GiveMessage()
    {
        if (_message is not { } message)
        {
            return;
        }

        _message = null;
        count("JSON");
        string time = _time is null ? "" : $"[{_time}] ";
        foreach (string line in message.Split('\n'))
        {
            TakeMarkup(_messageNumber, time + line);
        }
    }

    // journalctl writes a text as an array of bytes if it is not printable.
    private static string Text(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement value = document.RootElement;
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString()!,
                JsonValueKind.Array => Encoding.UTF8.GetString([.. value.EnumerateArray().Select(entry => entry.ValueKind == JsonValueKind.Number && entry.TryGetByte(out byte b) ? b : (byte)'?')]),
                _ => json,
            };
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return json.Trim('"');
        }
    }

    private static string WithoutQuotes(string line) => line.TrimStart('>', ' ') is { } bare && line.StartsWith('>') ? bare : line;

    private static string Unescaped(Match escapes)
    {
        byte[] bytes = Convert.FromHexString(escapes.Value.Replace("=", "", StringComparison.Ordinal));
        return Encoding.UTF8.GetString(bytes);
    }

    [GeneratedRegex("(?:=[0-9A-F]{2})+")]
    private static partial Regex Escape();

    [GeneratedRegex(@"<br ?/?>|</(?:p|div|li|tr)>", RegexOptions.IgnoreCase)]
    private static partial Regex Break();

    [GeneratedRegex(@"</?(?:br|code|pre|p|div|span|li|ul|ol|tr|td|table|tt|font|b|i|em|strong|a|samp|blockquote|html|body|head)(?: [^<>]{0,200})?/?>", RegexOptions.IgnoreCase)]
    private static partial Regex Tag();

    [GeneratedRegex("&(?:nbsp|lt|gt|amp|quot|apos|#[0-9]{1,6}|#x[0-9a-fA-F]{1,5});")]
    private static partial Regex Entity();

    [GeneratedRegex(@"\\x[0-9a-f]{2}")]
    private static partial Regex KmsgEscape();

    [GeneratedRegex(@"^""(?<key>[A-Za-z_]{1,64})"" *: *(?<value>.*?)[ ,]*$")]
    private static partial Regex Member();
}
