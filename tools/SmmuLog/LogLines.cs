using System.Buffers;
using System.Text;

namespace Iopf.SmmuLog;

/// <summary>Cuts bytes into lines and hands the decoder those that may matter; the rest is only counted.</summary>
/// <remarks>Memory is constant: a block, its characters, and the beginning of one line.</remarks>
/// <param name="decoder">Takes the lines.</param>
public sealed class LogLines(LogDecoder decoder)
{
    /// <summary>How many bytes of a line are read; what comes after them is skipped.</summary>
    public const int LineBytesMax = 1 << 16;

    private const int TimeLengthMax = 24;
    private const byte Break = (byte)'\n';

    // So many lines in a row are looked at one by one while the decoder waits for the rest of something.
    private const int PatienceMax = 64;

    // Few and short ones: each more makes the search slower. "mmu" is in arm-smmu-v3, iommu and most of the others.
    private static readonly SearchValues<string> s_marks = SearchValues.Create(
        [
            "mmu", "MMU", "event 0x", "client: ", "CMDQ", "CMD_SYNC", "EVTQ", "PRIQ", "priv data ", "priv inst ", "global error", "command in error",
            "-bit, oas", " entries for ", "cmdqv", "Failed to attach", "invalid STE", "reason: rejected",
            "DMAR", "VT-d", "VT-D", "dmar", "AMD-Vi", "apple-dart", "PAGE_FAULT", "context fault",
            " STE", " PTE", "vfio_", "unmap", "dma_addr=", "quoted-printable", "Input base", "Output Base", "ID Count", "_TIMESTAMP\"", "\"time\":",
        ],
        StringComparison.Ordinal);

    private readonly LogText _text = new();
    private readonly byte[] _carry = new byte[LineBytesMax];
    private char[] _characters = [];
    private int _carried;
    private bool _skips;
    private int _patience;

    /// <summary>Takes bytes.</summary>
    /// <param name="bytes">The next bytes of the log.</param>
    public void Take(ReadOnlySpan<byte> bytes) => TakeText(_text.Take(bytes));

    /// <summary>The log ends.</summary>
    public void End()
    {
        TakeText(_text.End());
        if (_carried > 0 || _skips)
        {
            EndCarried();
        }

        if (_text.IsUtf16)
        {
            decoder.Summary.CountTransport("UTF-16");
        }

        if (_text.HasReturns)
        {
            decoder.Summary.CountTransport("carriage returns");
        }

        decoder.End();
    }

    private void TakeText(ReadOnlySpan<byte> bytes)
    {
        if (_carried > 0 || _skips)
        {
            int end = bytes.IndexOf(Break);
            Carry(end < 0 ? bytes : bytes[..end]);
            if (end < 0)
            {
                return;
            }

            EndCarried();
            bytes = bytes[(end + 1)..];
        }

        int last = bytes.LastIndexOf(Break);
        TakeWholeLines(bytes[..(last + 1)]);
        Carry(bytes[(last + 1)..]);
    }

    private void Carry(ReadOnlySpan<byte> bytes)
    {
        int room = Math.Min(bytes.Length, LineBytesMax - _carried);
        bytes[..room].CopyTo(_carry.AsSpan(_carried));
        _carried += room;
        _skips |= bytes.Length > room;
    }

    private void EndCarried()
    {
        decoder.Summary.LongLines += _skips ? 1 : 0;
        ReadOnlySpan<byte> line = _carry.AsSpan(0, _carried);
        Widen(line);
        decoder.Summary.Lines++;
        if (Matters(_characters.AsSpan(0, line.Length)))
        {
            Give(line);
        }

        _carried = 0;
        _skips = false;
    }

    private void TakeWholeLines(ReadOnlySpan<byte> bytes)
    {
        Widen(bytes);
        ReadOnlySpan<char> characters = _characters.AsSpan(0, bytes.Length);
        int at = 0;
        int soft = SoftBreak(bytes, 0);
        while (at < bytes.Length)
        {
            int start = at;
            bool isUsual = IsUsual(bytes[at..]);
            if (!isUsual && !Waits())
            {
                int mark = characters[at..].IndexOfAny(s_marks);
                soft = soft >= at ? soft : SoftBreak(bytes, at);
                mark = mark < 0 || soft < at + mark ? soft - at : mark;
                if (at + mark >= bytes.Length)
                {
                    decoder.Summary.Lines += bytes[at..].Count(Break);
                    return;
                }

                start = bytes[at..(at + mark)].LastIndexOf(Break) + 1 + at;
                decoder.Summary.Lines += bytes[at..start].Count(Break);
            }

            int end = bytes[start..].IndexOf(Break) + start;
            decoder.Summary.Lines++;
            _patience = isUsual ? PatienceMax : _patience;
            if (isUsual || Matters(characters[start..end]))
            {
                Give(bytes[start..end]);
            }

            at = end + 1;
        }
    }

    // "[   12.345678] arm-smmu-v3 ": a storm of these need not be searched for marks.
    private static bool IsUsual(ReadOnlySpan<byte> line)
    {
        if (line.Length < TimeLengthMax || line[0] != (byte)'[')
        {
            return false;
        }

        int end = line[..TimeLengthMax].IndexOf((byte)']') + 1;
        return end > 0 && line[end..].StartsWith(" arm-smmu-v3 "u8);
    }

    // Where the next line ends with "=", as those of quoted-printable mail do; the length if none does.
    private static int SoftBreak(ReadOnlySpan<byte> bytes, int from)
    {
        int unix = bytes[from..].IndexOf("=\n"u8);
        int dos = bytes[from..].IndexOf("=\r\n"u8);
        return from + Math.Min(unix < 0 ? bytes.Length - from : unix, dos < 0 ? bytes.Length - from : dos);
    }

    private bool Waits()
    {
        if (_patience > 0 && decoder.IsWaiting)
        {
            return true;
        }

        _patience = 0;
        return false;
    }

    /// <summary>A marked line, or one of the lines after it while the decoder waits.</summary>
    private bool Matters(ReadOnlySpan<char> line)
    {
        if (line.ContainsAny(s_marks) || line.TrimEnd('\r').EndsWith("="))
        {
            _patience = PatienceMax;
            return true;
        }

        if (!Waits())
        {
            return false;
        }

        _patience--;
        return true;
    }

    private void Give(ReadOnlySpan<byte> line)
    {
        if (line.Length > LineBytesMax)
        {
            decoder.Summary.LongLines++;
            line = line[..LineBytesMax];
        }

        decoder.Line(decoder.Summary.Lines, Encoding.UTF8.GetString(line.TrimEnd((byte)'\r').TrimStart((byte)'\r')));
    }

    /// <summary>One character for each byte, so that the marks can be searched for.</summary>
    private void Widen(ReadOnlySpan<byte> bytes)
    {
        if (_characters.Length < bytes.Length)
        {
            _characters = new char[bytes.Length];
        }

        Encoding.Latin1.GetChars(bytes, _characters);
    }
}
