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

    private const byte Break = (byte)'\n';

    // So many lines in a row are looked at one by one while the decoder waits for the rest of something.
    private const int PatienceMax = 64;

    private static readonly SearchValues<string> s_marks = SearchValues.Create(
        [
            "arm-smmu", "arm_smmu", "SMMUv3", "SMMU_EVT_", "smmu: /", "invalid STE", "reason: rejected",
            "event 0x", "client: ", "CMDQ", "CMD_SYNC", "EVTQ", "PRIQ", "global error", "priv data ", "priv inst ", "command in error",
            "DMAR", "VT-d", "VT-D", "dmar", "AMD-Vi", "O_PAGE_FAULT", "io_page_fault", "context fault",
            "rk_iommu", "mtk-iommu", "sun50i-iommu", "exynos-sysmmu", "apple-dart", "ipmmu-vmsa", "msm_iommu", "qcom-iommu", "riscv-iommu", "omap-iommu",
            "tegra-smmu", "tegra-mc-smmu", "virtio_iommu", "sprd-iommu", "s390-iommu",
        ],
        StringComparison.Ordinal);

    private readonly byte[] _carry = new byte[LineBytesMax];
    private char[] _characters = [];
    private int _carried;
    private bool _skips;
    private int _patience;

    /// <summary>Takes bytes.</summary>
    /// <param name="bytes">The next bytes of the log.</param>
    public void Take(ReadOnlySpan<byte> bytes)
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

    /// <summary>The log ends.</summary>
    public void End()
    {
        if (_carried > 0 || _skips)
        {
            EndCarried();
        }

        decoder.End();
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
        while (at < bytes.Length)
        {
            int start = at;
            if (!Waits())
            {
                int mark = characters[at..].IndexOfAny(s_marks);
                if (mark < 0)
                {
                    decoder.Summary.Lines += bytes[at..].Count(Break);
                    return;
                }

                start = bytes[at..(at + mark)].LastIndexOf(Break) + 1 + at;
                decoder.Summary.Lines += bytes[at..start].Count(Break);
            }

            int end = bytes[start..].IndexOf(Break) + start;
            decoder.Summary.Lines++;
            if (Matters(characters[start..end]))
            {
                Give(bytes[start..end]);
            }

            at = end + 1;
        }
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
        if (line.ContainsAny(s_marks))
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
