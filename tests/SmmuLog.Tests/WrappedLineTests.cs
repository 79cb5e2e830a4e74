using System.Text;
using Iopf.TestKit;

namespace Iopf.SmmuLog.Tests;

/// <summary>A message of the driver that a mailer or a terminal broke is the message it was.</summary>
public sealed class WrappedLineTests
{
    private const string Prefix = "[    1.000001] arm-smmu-v3 b010000.iommu: ";

    private static readonly string[] s_more =
    [
        "CMD_SYNC timeout at 0x00000146 [hwprod 0x00000146, hwcons 0x00000000]",
        "CMDQ error (cons 0x01000022): Illegal command",
        "ias 44-bit, oas 44-bit (features 0x0000170d)",
        "allocated 524288 entries for cmdq",
        "event: F_CD_FETCH client: 0000:31:00.0 sid: 0x3100 ssid: 0x0 fetch_addr: 0xbf000000",
        "sid 0x00000100.0x00002: [5L] unprivileged RW access at iova 0x0000000080001000",
    ];

    public static TheoryData<string> Messages { get; } =
    [
        .. s_more,
        .. File.ReadLines(Path.Combine(Repository.Root, "tests/data/field-reports/made-driver-messages.log"))
            .Where(line => line.Contains("b010000.iommu: ", StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf("iommu: ", StringComparison.Ordinal) + 7)..]),
    ];

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_broken_at_any_blank_is_the_same_message(string message)
    {
        IEnumerable<string> whole = Decoded.Lines(Prefix + message).Findings();
        for (int at = message.IndexOf(' ', StringComparison.Ordinal); at > 0; at = message.IndexOf(' ', at + 1))
        {
            foreach (string quote in new[] { "", "> > ", "  " })
            {
                Decoded found = Decoded.Lines(quote + Prefix + message[..at], quote + message[(at + 1)..]);
                Assert.Equal(whole, found.Findings());
                Assert.DoesNotContain(found.Errors, error => error.Explanation.Contains("cut off", StringComparison.Ordinal));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_broken_inside_a_word_is_the_same_message(string message)
    {
        IEnumerable<string> whole = Decoded.Lines(Prefix + message).Findings();
        for (int at = 9; at < message.Length - 12; at++)
        {
            IEnumerable<string> broken = Decoded.Lines(Prefix + message[..at], message[at..]).Findings();
            Assert.True(whole.Select(WithoutBlanks).SequenceEqual(broken.Select(WithoutBlanks)), $"{message[..at]}/{message[at..]}: {string.Join('|', broken)}");
        }
    }

    [Fact]
    public void A_record_with_decoded_lines_broken_at_any_blank_is_the_same_record()
    {
        string[] lines = File.ReadAllLines(Path.Combine(Repository.Root, "tests/data/field-reports/made-class-and-ttrnw.log"))[..7];
        IEnumerable<string> whole = Decoded.Lines(lines).Findings();
        for (int line = 0; line < lines.Length; line++)
        {
            for (int at = lines[line].IndexOf("iommu:", StringComparison.Ordinal) + 6; at > 0; at = lines[line].IndexOf(' ', at + 1))
            {
                Assert.Equal(whole, Decoded.Lines([.. lines[..line], lines[line][..at], lines[line][at..].TrimStart(), .. lines[(line + 1)..]]).Findings());
            }
        }
    }

    [Fact]
    public void Lines_reflowed_to_any_width_are_the_same_records()
    {
        string text = string.Join(' ', File.ReadAllLines(Path.Combine(Repository.Root, "tests/data/field-reports/made-class-and-ttrnw.log"))[..7]);
        for (int width = 60; width < 130; width++)
        {
            Decoded found = Decoded.Text(Reflowed(text, width));
            Assert.True(found.Records.Count == 1, $"{width}: {string.Join('|', found.Findings())}\n{Reflowed(text, width)}");
            SmmuRecord record = found.Records[0];
            Assert.Equal((0x3100u, 0x80001000ul, 0xbf000000ul, true), (record.Facts.StreamId, record.Facts.InputAddress, record.Facts.Ipa, record.Printed!.HasAccess));
        }
    }

    private static string WithoutBlanks(string text) => text.Replace(" ", "", StringComparison.Ordinal);

    private static string Reflowed(string text, int width)
    {
        StringBuilder lines = new();
        int length = 0;
        foreach (string word in text.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (length + word.Length > width)
            {
                lines.Append("\n> > ");
                length = 0;
            }

            lines.Append(word).Append(' ');
            length += word.Length + 1;
        }

        return lines.ToString();
    }
}
