using System.Globalization;
using System.Text;
using System.Text.Json;
using Iopf.Cli.Tests.Fakes;
using Iopf.TestKit;

namespace Iopf.Cli.Tests;

/// <summary>Many equal findings are few lines, live or not; structures are taken apart.</summary>
public sealed class DecodeVolumeTests : IDisposable
{
    private const int Kinds = 10;

    private readonly CliHarness _cli = new();

    [Fact]
    public void Fifty_equal_records_are_one_paragraph_with_count_times_and_rate()
    {
        CliOutcome outcome = _cli.Run("decode", Report("made-storm-50-equal.log"));

        Assert.InRange(outcome.OutputLines.Length, 1, 19);
        Assert.Contains(outcome.OutputLines, line => line.Contains("50, to line 246 [7.847300], 129.87 a second", StringComparison.Ordinal));
    }

    [Fact]
    public void Records_of_ten_kinds_at_many_addresses_take_under_200_lines()
    {
        _cli.Input = Encoding.ASCII.GetBytes(Storm(20_000));

        CliOutcome outcome = _cli.Run("decode");

        Assert.InRange(outcome.OutputLines.Length, 1, 199);
        Assert.Equal(Kinds, outcome.OutputLines.Count(line => line.Contains(" at further addresses between ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Equal_records_are_groups_in_the_document()
    {
        JsonElement summary = _cli.RunJson("decode", Report("made-storm-50-equal.log"), "--json", "--summary").GetProperty("summary");

        JsonElement group = Assert.Single(summary.GetProperty("groups").EnumerateArray());
        Assert.Equal((50, 1, 246), (group.GetProperty("count").GetInt32(), group.GetProperty("first_line").GetInt32(), group.GetProperty("last_line").GetInt32()));
    }

    [Fact]
    public void Summary_prints_the_counts_only() =>
        Assert.StartsWith("250 lines: 50 records", _cli.Run("decode", Report("made-storm-50-equal.log"), "--summary").Output, StringComparison.Ordinal);

    [Fact]
    public void Follow_tells_the_first_of_equal_records_at_once_and_the_others_as_a_count()
    {
        string[] lines = _cli.Run("decode", Report("made-storm-50-equal.log"), "--follow").OutputLines;

        Assert.StartsWith("F_TRANSL_FORBIDDEN (0x07)", lines[0], StringComparison.Ordinal);
        Assert.Contains("49 more like line 1: F_TRANSL_FORBIDDEN sid 0x100, 50 by line 246  [7.847300]", lines);
        Assert.Contains(lines, line => line.StartsWith("250 lines: 50 records", StringComparison.Ordinal));
    }

    [Fact]
    public void Interrupt_ends_a_live_log_with_its_summary()
    {
        using LivePipe pipe = new(File.ReadAllBytes(Report("made-storm-50-equal.log")), () => _cli.Interrupt!());
        _cli.InputStream = pipe;

        CliOutcome outcome = _cli.Run("decode", "--follow");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("250 lines: 50 records", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Follow_and_summary_exclude_each_other() => Assert.Equal(ExitCode.BadInput, _cli.Run("decode", "--follow", "--summary").ExitCode);

    [Fact]
    public void A_log_of_mappings_is_sent_to_import()
    {
        CliOutcome outcome = _cli.Run("decode", Report("11-proxmox-terraform-einval.log"));

        Assert.Equal(ExitCode.BadInput, outcome.ExitCode);
        Assert.Contains("iopf import reads them", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--event", "0x0000310000000010 0x0000118800000000 0x80001000 0xbf000000", 0, "CLASS 1 TTRnW 1 IPA 0xbf000000", "Stage 2 does not map the stage-1 table at IPA 0xbf000000")]
    [InlineData("--cmd", "0x0000000700002044,0x0000000000000b17", 0, "StreamID 7 STAG 0xb17 Ab 1", "CMD_RESUME")]
    [InlineData("--cmd", "0xff 0", 1, "Opcode 0xff", "CERROR_ILL")]
    [InlineData("--ste", "0x8102000b 0 0 0", 0, "Config 5 S1ContextPtr 0x81020000", "stage 1")]
    [InlineData("--ste", "0 0 0 0", 1, "V 0", "C_BAD_STE")]
    [InlineData("--ste", "0xd 0 0x0000000000190000 0", 1, "Config 6", "S2T0SZ")]
    [InlineData("--cd", "0x0001f205c0803510 0x81000000 0 0", 0, "ASID 1 AA64 1 TTB0 0x81000000 S 1", "S: the device may stall")]
    [InlineData("--cd", "0 0 0 0", 1, "V 0", "C_BAD_CD")]
    [InlineData("--pte", "0x0040000081000f43", 0, "AF 1 nG 1", "page")]
    public void A_structure_is_taken_apart_field_by_field(string option, string words, int exitCode, string fields, string said)
    {
        CliOutcome outcome = _cli.Run("decode", option, words, "--json");
        JsonElement structure = JsonDocument.Parse(outcome.Output).RootElement;

        Assert.Equal((exitCode, ""), (outcome.ExitCode, outcome.Error));
        foreach (string[] pair in fields.Split(' ').Chunk(2))
        {
            string value = structure.GetProperty("fields").EnumerateArray().First(field => field.GetProperty("name").GetString() == pair[0]).GetProperty("value").GetString()!;
            Assert.Equal(pair[1].StartsWith("0x", StringComparison.Ordinal) ? pair[1] : $"0x{int.Parse(pair[1], CultureInfo.InvariantCulture):x}", value);
        }

        Assert.Contains(said, _cli.Run("decode", option, words).Output.Replace("\n", " ", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--event", "1 2 3", "--event: expected 4 words, found 3")]
    [InlineData("--pte", "0x11112222333344445", "--pte: expected a word of up to 16 hexadecimal digits, found '0x11112222333344445'")]
    public void Words_that_make_no_structure_are_one_line(string option, string words, string complaint)
    {
        CliOutcome outcome = _cli.Run("decode", option, words);

        Assert.Equal((ExitCode.BadInput, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(complaint, Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_structure_that_a_log_dumps_is_taken_apart()
    {
        _cli.Input = Encoding.ASCII.GetBytes("[ 1.0] arm-smmu-v3 b010000.iommu: STE[0x10]: 0x000000008102000b 0x0 0x0 0x0\n");

        JsonElement error = _cli.RunJson("decode", "--json").GetProperty("errors")[0];

        Assert.Equal(("structure", "0x5"), (error.GetProperty("kind").GetString(), error.GetProperty("Config").GetString()));
    }

    public void Dispose() => _cli.Dispose();

    private static string Report(string file) => Path.Combine(Repository.Root, "tests/data/field-reports", file);

    private static string Storm(int records)
    {
        StringBuilder log = new();
        for (int record = 0; record < records; record++)
        {
            string front = string.Create(CultureInfo.InvariantCulture, $"[{100 + (record * 0.001):0.000000}] arm-smmu-v3 arm-smmu-v3.0.auto: ");
            ulong[] words = [0x10 | ((ulong)(0x3100 + (record % Kinds)) << 32), 0x20000000000, 0x80000000 + ((ulong)record << 12), 0];
            log.Append(front).Append("event 0x10 received:\n");
            foreach (ulong word in words)
            {
                log.Append(front).Append(CultureInfo.InvariantCulture, $"\t0x{word:x16}\n");
            }
        }

        return log.ToString();
    }

    /// <summary>A pipe that gives its bytes, and then nothing until Ctrl-C.</summary>
    private sealed class LivePipe(byte[] bytes, Action interrupt) : MemoryStream(bytes)
    {
        private readonly ManualResetEventSlim _closed = new();

        public override int Read(Span<byte> buffer)
        {
            int count = base.Read(buffer);
            if (count == 0)
            {
                interrupt();
                _closed.Wait();
            }

            return count;
        }

        protected override void Dispose(bool disposing)
        {
            _closed.Set();
            base.Dispose(disposing);
        }
    }
}
