using System.Text;

namespace Iopf.SmmuLog;

/// <summary>Makes UTF-8 with line feeds of the bytes of a log: of UTF-16 with or without its mark, and of lines that end with a carriage return alone.</summary>
/// <remarks>What it makes does not depend on how the bytes arrive.</remarks>
internal sealed class LogText
{
    private const int FirstBytes = 4;
    private const byte LineFeed = (byte)'\n';
    private const byte Return = (byte)'\r';

    private readonly List<byte> _first = [];
    private Decoder? _utf16;
    private byte[] _bytes = [];
    private char[] _characters = [];
    private bool _isKnown;
    private bool _hasLineFeed;
    private bool _endsWithReturn;

    /// <summary>Whether the bytes are UTF-16.</summary>
    public bool IsUtf16 => _utf16 is not null;

    /// <summary>Whether lines were found that end with a carriage return alone.</summary>
    public bool HasReturns { get; private set; }

    /// <summary>Takes bytes.</summary>
    /// <param name="bytes">The next bytes of the log.</param>
    /// <returns>The text they make; valid until the next call.</returns>
    public ReadOnlySpan<byte> Take(ReadOnlySpan<byte> bytes)
    {
        if (!_isKnown)
        {
            _first.AddRange(bytes);
            if (_first.Count < FirstBytes)
            {
                return default;
            }

            bytes = Begin();
        }

        return WithLineFeeds(Utf8(bytes), isEnd: false);
    }

    /// <summary>The log ends.</summary>
    /// <returns>What is left.</returns>
    public ReadOnlySpan<byte> End() => WithLineFeeds(_isKnown ? default : Utf8(Begin()), isEnd: true);

    private ReadOnlySpan<byte> Begin()
    {
        _isKnown = true;
        byte[] first = [.. _first];
        _utf16 = first switch
        {
            [0xff, 0xfe, ..] or [not 0, 0, not 0, 0, ..] => Encoding.Unicode.GetDecoder(),
            [0xfe, 0xff, ..] or [0, not 0, 0, not 0, ..] => Encoding.BigEndianUnicode.GetDecoder(),
            _ => null,
        };
        _first.Clear();
        return first;
    }

    private ReadOnlySpan<byte> Utf8(ReadOnlySpan<byte> bytes)
    {
        if (_utf16 is null)
        {
            return bytes;
        }

        if (_characters.Length < bytes.Length + 1)
        {
            _characters = new char[bytes.Length + 1];
        }

        int count = _utf16.GetChars(bytes, _characters, flush: false);
        return Encoding.UTF8.GetBytes(_characters, 0, count);
    }

    // Until the first line feed, a return ends a line if no line feed follows. After it, files have line feeds and a return is part of a line.
    private ReadOnlySpan<byte> WithLineFeeds(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        if (_hasLineFeed && !_endsWithReturn)
        {
            return bytes;
        }

        int feed = bytes.IndexOf(LineFeed);
        ReadOnlySpan<byte> before = feed < 0 ? bytes : bytes[..feed];
        if (!_endsWithReturn && before.IndexOf(Return) < 0)
        {
            _hasLineFeed |= feed >= 0;
            return bytes;
        }

        int held = _endsWithReturn ? 1 : 0;
        if (_bytes.Length < bytes.Length + 1)
        {
            _bytes = new byte[bytes.Length + 1];
        }

        _bytes[0] = Return;
        bytes.CopyTo(_bytes.AsSpan(held));
        Span<byte> all = _bytes.AsSpan(0, bytes.Length + held);
        _hasLineFeed |= feed >= 0;
        _endsWithReturn = !isEnd && feed < 0 && all.Length > 0 && all[^1] == Return;
        if (_endsWithReturn)
        {
            all = all[..^1];
        }

        // A return right before the first line feed belongs to it.
        Span<byte> lines = feed < 0 ? all : all[..(feed + held)];
        Span<byte> body = lines.Length > 0 && lines[^1] == Return && (feed >= 0 || isEnd) ? lines[..^1] : lines;
        HasReturns |= body.Contains(Return);
        body.Replace(Return, LineFeed);
        return all;
    }
}
