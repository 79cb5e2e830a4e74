using System.Text;
using System.Text.Json;

namespace Iopf.SmmuLog.Tests;

/// <summary>A record is the same record, whatever it is sent in, and keeps its time.</summary>
public sealed class TransportTests
{
    private static readonly string[] s_messages =
    [
        "event 0x10 received:", "\t0x0000010000000010", "\t0x0000020000000000", "\t0x000000090000f040", "\t0x0000000000000000",
        "event: F_TRANSLATION client: 0000:01:00.0 sid: 0x100 ssid: 0x0 iova: 0x90000f040 ipa: 0x0",
        "unpriv data write s1 \"Input address caused fault\" stag: 0x0",
    ];

    private static readonly string[] s_lines = [.. s_messages.Select(message => $"arm-smmu-v3 smmu0: {message}")];

    public static TheoryData<string, string, string> Texts => new()
    {
        { "journalctl -o json", Lines(line => JsonSerializer.Serialize(new { __REALTIME_TIMESTAMP = "1763612144000001", _SOURCE_MONOTONIC_TIMESTAMP = "70355743", MESSAGE = line })), "70.355743" },
        { "bytes", Lines(line => JsonSerializer.Serialize(new { __REALTIME_TIMESTAMP = "1763612144000001", MESSAGE = Encoding.UTF8.GetBytes(line).Select(b => (int)b) })), "1763612144.000001" },
        { "json-pretty", Lines(line => $"{{\n\t\"__REALTIME_TIMESTAMP\" : \"1763612144000001\",\n\t\"MESSAGE\" : {JsonSerializer.Serialize(line)},\n\t\"PRIORITY\" : \"3\"\n}}"), "1763612144.000001" },
        { "pretty, time last", Lines(line => $"{{\n\t\"MESSAGE\" : {JsonSerializer.Serialize(line)},\n\t\"__REALTIME_TIMESTAMP\" : \"1763612144000001\"\n}}"), "1763612144.000001" },
        { "dmesg --json", "{\n   \"dmesg\": [\n      {\n" + string.Join("      },{\n", s_lines.Select(line => $"         \"pri\": 3,\n         \"time\":    70.355743,\n         \"msg\": {JsonSerializer.Serialize(line)}\n")) + "      }\n   ]\n}\n", "70.355743" },
        { "HTML", Lines(line => $"[&nbsp;&nbsp;&nbsp;70.355743] {line.Replace("\"", "&quot;", StringComparison.Ordinal).Replace("\t", "&nbsp;", StringComparison.Ordinal)}<br>"), "70.355743" },
        { "HTML in one line", "<pre><code>" + string.Join("<br/>", s_lines.Select(line => $"[   70.355743] {line}")) + "</code></pre>\n", "70.355743" },
        { "Markdown", Lines(line => $"- `[   70.355743] {line}`"), "70.355743" },
        { "carriage returns", string.Join('\r', s_lines.Select(line => $"[   70.355743] {line}")) + "\r", "70.355743" },
        { "/dev/kmsg", Lines(line => $"3,1234,70355743,-;{line.Replace("\t", "\\x09", StringComparison.Ordinal)}\n SUBSYSTEM=platform\n DEVICE=+platform:smmu0"), "70.355743" },
        { "level", Lines(line => $"[   70.355743,4] {line}"), "70.355743" },
        { "logcat", Lines(line => $"11-23 10:00:00.123     0     0 E kernel  : {line}"), "11-23 10:00:00.123" },
        { "logcat with time", Lines(line => $"11-23 10:00:00.123     0     0 E kernel  : [   70.355743] {line}"), "70.355743" },
        { "Xen", Lines(line => $"(XEN) [2026-11-23 10:00:00.123] {line.Replace("arm-smmu-v3", "SMMUv3:", StringComparison.Ordinal)}"), "2026-11-23 10:00:00.123" },
        { "syslog", Lines(line => $"Nov 23 10:00:00 host kernel: [   70.355743] {line.Replace("\t", "#011", StringComparison.Ordinal)}"), "70.355743" },
        { "short-unix", Lines(line => $"1763612144.000001 host kernel: {line}"), "1763612144.000001" },
        { "short-full", Lines(line => $"Thu 2026-11-19 10:00:00 UTC host kernel: {line}"), "Thu 2026-11-19 10:00:00 UTC" },
        { "quoted-printable", QuotedPrintable(34), "70.355743" },
        { "quoted-printable, wide", QuotedPrintable(75), "70.355743" },
        { "mail quoted twice", Lines(line => $"> > [   70.355743] {line}"), "70.355743" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_record_is_read_out_of(string transport, string text, string time)
    {
        foreach (byte[] bytes in new[] { Encoding.UTF8.GetBytes(text), Encoding.Unicode.GetBytes(text), [0xff, 0xfe, .. Encoding.Unicode.GetBytes(text)], Encoding.BigEndianUnicode.GetBytes(text) })
        {
            foreach (int block in new[] { int.MaxValue, 1, 33 })
            {
                Decoded found = Decoded.Bytes(bytes, block);

                SmmuRecord record = Assert.Single(found.Records);
                Assert.True(time == record.Place.Time, $"{bytes[0]:x} {block} {string.Join(',', found.Summary.Transports)} {text[..Math.Min(text.Length, 400)]}");
                Assert.Equal(("smmu0", time, 0x100u, 0x90000f040ul), (record.Device, record.Place.Time, record.Facts.StreamId, record.Facts.InputAddress));
                Assert.NotNull(record.Printed);
                Assert.True(found.Incompletes.Count + found.Errors.Count + record.Disagreements.Count == 0, transport);
            }
        }
    }

    [Theory]
    [InlineData("smmuv3-nesting 9050000.smmuv3: ")]
    [InlineData("kvm-arm-smmu-v3 9050000.smmuv3: ")]
    [InlineData("(XEN) SMMUv3: 9050000.smmuv3: ")]
    [InlineData("hisi_smmu_v3 9050000.smmuv3: ")]
    [InlineData("vendor-iommu3 9050000.smmuv3: ")]
    public void A_record_is_read_under_any_driver_s_name(string driver) =>
        Assert.Equal("9050000.smmuv3", Assert.Single(Decoded.Lines([.. s_messages.Select(message => driver + message)]).Records).Device);

    [Fact]
    public void A_queue_named_over_a_soft_break_keeps_its_name()
    {
        Decoded found = Decoded.Text("arm-smmu-v3 smmu0: allocated 524288 entries for cmd=\nq\narm-smmu-v3 smmu0: event: C_BAD_STREAMID client: (unassigned sid) sid=\n: 0x11 ssid: 0x0\n");

        Assert.Equal(["3 smmu0 C_BAD_STREAMID sid=0x11 words=0", "1 smmu0 probe queue=cmdq entries=524288"], found.Findings());
        Assert.Equal("quoted-printable", Assert.Single(found.Summary.Transports).Key);
    }

    private static string Lines(Func<string, string> line) => string.Concat(s_lines.Select(message => line(message) + "\n"));

    private static string QuotedPrintable(int width)
    {
        StringBuilder text = new();
        foreach (string line in s_lines)
        {
            string rest = $"[   70.355743] {line}".Replace("\t", "=09", StringComparison.Ordinal);
            while (rest.Length > width)
            {
                int at = rest.LastIndexOf('=', width - 1, 3) is int escape and >= 0 ? escape : width;
                text.Append(rest[..at]).Append("=\n");
                rest = rest[at..];
            }

            text.Append(rest).Append('\n');
        }

        return "Content-Transfer-Encoding: quoted-printable\n\n" + text;
    }
}
