using System.Text;
using System.Text.Json;
using Iopf.Cli.Tests.Fakes;
using Iopf.TestKit;

namespace Iopf.Cli.Tests;

public sealed class DecodeCommandTests : IDisposable
{
    private const string Stall = """
        [  478.907684] arm-smmu-v3 arm-smmu-v3.2.auto: event 0x10 received:
        [  478.913691] arm-smmu-v3 arm-smmu-v3.2.auto:  0x0000310200000010
        [  478.919603] arm-smmu-v3 arm-smmu-v3.2.auto:  0x000002088000007f
        [  478.925515] arm-smmu-v3 arm-smmu-v3.2.auto:  0x0000000000001234
        [  478.931425] arm-smmu-v3 arm-smmu-v3.2.auto:  0x0000000000000000
        """;

    private readonly CliHarness _cli = new();

    public static TheoryData<string> Logs { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests/data/smmuv3-events"), "*.log").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Logs))]
    public void Every_real_log_is_told_in_lines_of_120_columns_and_in_one_document_that_agree(string log)
    {
        string path = Path.Combine(Repository.Root, "tests/data/smmuv3-events", log);

        CliOutcome text = _cli.Run("decode", path);
        JsonElement document = _cli.RunJson("decode", path, "--json");
        string[] followed = _cli.Run("decode", path, "--follow", "--json").OutputLines;

        Assert.Equal((0, ""), (text.ExitCode, text.Error));
        Assert.All(text.OutputLines, line => Assert.InRange(line.Length, 0, 120));
        JsonElement summary = document.GetProperty("summary");
        foreach (string list in new[] { "records", "incomplete", "errors", "foreign" })
        {
            Assert.Equal(document.GetProperty(list).GetArrayLength(), summary.GetProperty(list).GetInt32());
        }

        int findings = new[] { "records", "incomplete", "errors", "foreign" }.Sum(list => document.GetProperty(list).GetArrayLength());
        Assert.Equal(findings + 1, followed.Length);
        Assert.All(followed, line => JsonDocument.Parse(line).Dispose());
    }

    [Fact]
    public void Record_has_the_fields_that_programs_rely_on()
    {
        _cli.Input = Encoding.ASCII.GetBytes(Stall);

        JsonElement record = _cli.RunJson("decode", "--json").GetProperty("records")[0];

        Assert.Equal(1, record.GetProperty("line").GetInt32());
        Assert.Equal("arm-smmu-v3.2.auto", record.GetProperty("device").GetString());
        Assert.Equal(("0x10", "F_TRANSLATION"), (record.GetProperty("type").GetString(), record.GetProperty("name").GetString()));
        Assert.Equal(("0x3102", JsonValueKind.Null), (record.GetProperty("sid").GetString(), record.GetProperty("ssid").ValueKind));
        Assert.Equal(("0x1234", JsonValueKind.Null), (record.GetProperty("iova").GetString(), record.GetProperty("ipa").ValueKind));
        Assert.Equal(
            (true, false, false, false, true, true),
            (Flag("read"), Flag("privileged"), Flag("instruction"), Flag("s2"), Flag("stall"), Flag("complete")));
        Assert.Equal(("IN", "0x7f"), (record.GetProperty("class").GetString(), record.GetProperty("stag").GetString()));
        Assert.Equal(
            ["0x0000310200000010", "0x000002088000007f", "0x0000000000001234", "0x0000000000000000"],
            record.GetProperty("words").EnumerateArray().Select(word => word.GetString()));
        Assert.Equal("PageRequest", record.GetProperty("kernel_view").GetProperty("reported_as").GetString());

        bool Flag(string name) => record.GetProperty(name).GetBoolean();
    }

    [Fact]
    public void Patches_decide_what_the_driver_makes_of_a_stage_2_fault()
    {
        _cli.Input = Encoding.ASCII.GetBytes(Stall.Replace("0x000002088000007f", "0x000002888000007f", StringComparison.Ordinal));

        JsonElement without = _cli.RunJson("decode", "-", "--json", "--patches", "none").GetProperty("records")[0].GetProperty("kernel_view");
        JsonElement with = _cli.RunJson("decode", "-", "--json", "--patches", "all").GetProperty("records")[0].GetProperty("kernel_view");

        Assert.Equal("EFAULT", without.GetProperty("errno").GetString());
        Assert.Equal(("PageRequest", 2), (with.GetProperty("reported_as").GetString(), with.GetProperty("stage").GetInt32()));
    }

    [Fact]
    public void Contradiction_is_told_by_the_exit_code()
    {
        string log = File.ReadAllText(Path.Combine(Repository.Root, "tests/data/smmuv3-events/decoded-rk3588-nvmet-write.log"));
        _cli.Input = Encoding.ASCII.GetBytes(log.Replace("unpriv data write", "unpriv data read", StringComparison.Ordinal));

        CliOutcome outcome = _cli.Run("decode");

        Assert.Equal(ExitCode.Difference, outcome.ExitCode);
        Assert.Contains("the words say write, the decoded line says read", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing of interest\n", "standard input: no line of an IOMMU among 1 lines")]
    [InlineData("", "standard input: no line of an IOMMU among 0 lines")]
    public void Log_without_an_IOMMU_is_bad_input(string log, string complaint)
    {
        _cli.Input = Encoding.ASCII.GetBytes(log);

        foreach (string[] form in new[] { new[] { "decode" }, ["decode", "--json"], ["decode", "--follow"] })
        {
            CliOutcome outcome = _cli.Run(form);

            Assert.Equal((ExitCode.BadInput, ""), (outcome.ExitCode, outcome.Output));
            Assert.Contains(complaint, Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("missing.log", "missing.log: expected a kernel log, found no such file")]
    [InlineData(".", ".: expected a kernel log, found a directory")]
    public void File_that_cannot_be_read_is_one_line(string file, string complaint)
    {
        CliOutcome outcome = _cli.Run("decode", file);

        Assert.Equal((ExitCode.BadInput, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(complaint, Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_patches_are_refused() => Assert.Equal(ExitCode.BadInput, _cli.Run("decode", "-", "--patches", "9").ExitCode);

    public void Dispose() => _cli.Dispose();
}
