using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Iopf.Cli.Tests.Mutations;

/// <summary>Damages an input the way people and disks do: in its bytes, its lines and its JSON values.</summary>
internal sealed partial class InputMutator(int seed, IReadOnlyList<string> vocabulary)
{
    private const int MaxLength = 64 << 10;

    private static readonly string[] Odd =
    [
        "0", "-1", "1", "4095", "4096", "2147483648", "4294967296", "9007199254740993", "9223372036854775808", "18446744073709551615",
        "18446744073709551616", "1e308", "1e-5", "0.5", "-0", "\"\"", "\"0x\"", "\"0x0\"", "\"0xfffffffffffff000\"", "\"0xffffffffffffffff\"",
        "\"0x10000000000000000\"", "\"-0x1000\"", "\"1G\"", "\"999999999T\"", "\"\\u0000\"", "\"\\ud800\"", "null", "true", "false", "[]", "{}",
        "[[]]", "{\"op\": \"dma\"}", "[1, 2, 3]",
    ];

    private readonly Random _random = new(seed);

    /// <summary>Damages a text, once or a few times; mostly in its values, so that many damaged inputs can still be run.</summary>
    /// <param name="text">The text.</param>
    /// <returns>What a file would hold.</returns>
    public byte[] Mutate(string text)
    {
        do
        {
            text = Once(text);
        }
        while (_random.Next(5) < 2);

        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length != 0 && _random.Next(40) == 0)
        {
            bytes[_random.Next(bytes.Length)] = (byte)_random.Next(256);
        }

        return bytes;
    }

    private string Once(string text) => _random.Next(20) switch
    {
        0 => WithoutSpan(text),
        1 => WithRepeatedSpan(text),
        2 => text.Insert(_random.Next(text.Length + 1), ((char)_random.Next(32, 127)).ToString()),
        3 => text.Insert(_random.Next(text.Length + 1), new string(_random.Next(2) == 0 ? '[' : '{', _random.Next(1, 200))),
        4 or 5 => OnLines(text, lines => lines.RemoveAt(_random.Next(lines.Count))),
        6 or 7 => OnLines(text, lines => lines.Insert(_random.Next(lines.Count + 1), lines[_random.Next(lines.Count)])),
        8 => OnLines(text, Swap),
        9 => OnToken(text, Values(), _ => Odd[_random.Next(Odd.Length)]),
        10 or 11 => OnToken(text, Strings(), _ => vocabulary[_random.Next(vocabulary.Count)]),
        12 or 13 or 14 => OnToken(text, HexadecimalStrings(), Near),
        15 or 16 => OnToken(text, Numbers(), Near),
        _ => OnToken(text, Values(), token => token),
    };

    private string WithoutSpan(string text)
    {
        int start = _random.Next(text.Length + 1);
        return text.Remove(start, Math.Min(_random.Next(1, 40), text.Length - start));
    }

    private string WithRepeatedSpan(string text)
    {
        int start = _random.Next(text.Length + 1);
        string span = text.Substring(start, Math.Min(_random.Next(1, 400), text.Length - start));
        return text.Length > MaxLength ? text : text.Insert(start, span);
    }

    private string OnLines(string text, Action<List<string>> change)
    {
        List<string> lines = [.. text.Split('\n')];
        change(lines);
        return string.Join('\n', lines);
    }

    private void Swap(List<string> lines)
    {
        int first = _random.Next(lines.Count);
        int second = _random.Next(lines.Count);
        (lines[first], lines[second]) = (lines[second], lines[first]);
    }

    /// <summary>Changes one token; one that the change leaves alone becomes another token of the text.</summary>
    private string OnToken(string text, Regex tokens, Func<string, string> change)
    {
        MatchCollection found = tokens.Matches(text);
        if (found.Count == 0)
        {
            return text;
        }

        Match at = found[_random.Next(found.Count)];
        Match other = found[_random.Next(found.Count)];
        string changed = change(at.Value);
        return string.Concat(text.AsSpan(0, at.Index), changed == at.Value ? other.Value : changed, text.AsSpan(at.Index + at.Length));
    }

    private string Near(string number)
    {
        bool isHexadecimal = number.StartsWith("\"0x", StringComparison.Ordinal);
        if (isHexadecimal)
        {
            return ulong.TryParse(number.AsSpan(3, number.Length - 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong address)
                ? $"\"0x{unchecked(address + (ulong)Distance()):x}\""
                : number;
        }

        return long.TryParse(number, CultureInfo.InvariantCulture, out long value)
            ? unchecked(value + Distance()).ToString(CultureInfo.InvariantCulture)
            : number;
    }

    /// <summary>A few pages, a few units, or the size of a block, up or down.</summary>
    private long Distance() => _random.Next(4) switch
    {
        0 => _random.Next(-3, 4),
        1 => 1L << _random.Next(12, 40),
        _ => _random.Next(-8, 9) * 4096L,
    };

    [GeneratedRegex("\"(?:[^\"\\\\\n]|\\\\.)*\"")]
    private static partial Regex Strings();

    [GeneratedRegex("\"0x[0-9a-f]+\"")]
    private static partial Regex HexadecimalStrings();

    [GeneratedRegex("-?\\d+")]
    private static partial Regex Numbers();

    [GeneratedRegex("\"(?:[^\"\\\\\n]|\\\\.)*\"|-?\\d+(?:\\.\\d+)?|true|false|null")]
    private static partial Regex Values();
}
