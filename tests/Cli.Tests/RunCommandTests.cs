using System.Text.Json;
using Iopf.Cli.Tests.Fakes;
using Iopf.Kernel;
using Iopf.Patches;

namespace Iopf.Cli.Tests;

public sealed class RunCommandTests : IDisposable
{
    private readonly CliHarness _cli = new();

    [Fact]
    public void A_clean_run_prints_operations_and_a_summary_and_ends_with_0()
    {
        CliOutcome outcome = _cli.Run("run", "one-fault");

        Assert.Equal(
            """
            one-fault, patches 1-2

            #  operation               result
            0  map 0x1000+0x1000 rw    0
            1  dma nic write 0x1000 4  written  pages=1 pfn=0x10

            faults        1: 1 success, 0 invalid, 0 failure
            pages         1 mapped, 2 pinned, 3 charged to locked_vm
            virtual time  10.100 us
            expectations  1 of 1 met
            violations    none

            """.ReplaceLineEndings("\n"),
            outcome.Output);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
    }

    [Fact]
    public void A_step_that_answers_otherwise_ends_with_1_and_shows_what_was_expected()
    {
        _cli.Scenarios.Answer = _ => SampleRuns.Unexpected;

        CliOutcome outcome = _cli.Run("run", "one-fault");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("written  pages=1 pfn=0x10 EXPECTED read\n", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("expectations  0 of 1 met\n", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_violated_invariant_ends_with_1_and_is_named()
    {
        _cli.Scenarios.Answer = _ => SampleRuns.Violated;

        CliOutcome outcome = _cli.Run("run", "one-fault");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("violations    1\n    M1 at dma nic write 0x1000 4, trace step 42: a stale", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("    M1 is the promise: No stale entry.\n", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_is_one_document_of_the_promised_shape()
    {
        _cli.Scenarios.Answer = _ => SampleRuns.Violated with { Advice = ["patch 2 expects"], Rows = [new("vfio-1mb", 1, 2, 3, 4, "n")] };

        CliOutcome outcome = _cli.Run("run", "one-fault", "--json", "--seed", "18446744073709551615");

        JsonElement run = JsonDocument.Parse(outcome.Output).RootElement;
        Assert.Equal("one-fault", run.GetProperty("scenario").GetString());
        Assert.Equal("[1,2]", Compact(run, "patches"));
        Assert.Equal("[]", Compact(run, "errata"));
        Assert.Equal(ulong.MaxValue, run.GetProperty("seed").GetUInt64());
        Assert.Equal("""{"success":1,"invalid":0,"failure":0}""", Compact(run, "responses"));
        Assert.Equal(
            (1, 1, 2, 3, 10_100),
            (Number(run, "faults"), Number(run, "mapped_pages"), Number(run, "pinned_pages"), Number(run, "locked_vm"),
                Number(run, "virtual_ns")));
        Assert.Equal(
            """[{"invariant":"M1","operation":"dma nic write 0x1000 4","detail":"a stale translation","trace_step":42}]""",
            Compact(run, "violations"));
        Assert.Equal(
            """{"index":1,"op":"dma","result":"written","text":"dma nic write 0x1000 4","expected":"written","matched":true,"""
            + "\"details\":{\"pages\":1,\"pfn\":\"0x10\"}}",
            JsonSerializer.Serialize(run.GetProperty("operations")[1]));
        Assert.Equal(
            """[{"config":"vfio-1mb","premap":1,"messages":2,"published_faults":3,"faults":4,"note":"n"}]""",
            Compact(run, "rows"));
        Assert.Equal("iopf: advice: patch 2 expects\n", outcome.Error);
    }

    [Fact]
    public void Without_a_word_about_patches_the_scenario_decides()
    {
        _cli.Run("run", "one-fault");

        Assert.Null(_cli.Scenarios.LastRequest!.Patches);
    }

    [Fact]
    public void The_command_line_wins_over_the_environment_and_that_over_appsettings()
    {
        _cli.Write("appsettings.json", """{"Iopf": {"Patches": "1"}, "Premap": {"Length": 8}, "Cost": {"HandlerNanoseconds": 7}}""");

        _cli.Run("run", "one-fault");
        Assert.Equal(PatchSet.Of(1), _cli.Scenarios.LastRequest!.Patches);
        Environment.SetEnvironmentVariable("IOPF__PATCHES", "1-2");
        try
        {
            _cli.Run("run", "one-fault");
            Assert.Equal(PatchSet.Of(1, 2), _cli.Scenarios.LastRequest!.Patches);
            _cli.Run("run", "one-fault", "--patches", "none", "--set", "Premap:Length=64");
        }
        finally
        {
            Environment.SetEnvironmentVariable("IOPF__PATCHES", null);
        }

        Assert.Equal(PatchSet.None, _cli.Scenarios.LastRequest!.Patches);
        Assert.Equal([new("Cost:HandlerNanoseconds", "7"), new("Premap:Length", "64")], _cli.Scenarios.LastRequest.Settings);
    }

    [Fact]
    public void Errata_come_from_appsettings_from_the_environment_over_it_and_from_the_command_line_over_both()
    {
        _cli.Write("appsettings.json", """{"Iopf": {"Errata": "E01"}}""");

        _cli.Run("run", "one-fault");
        Assert.Equal(ErrataSet.Of(Erratum.E01), _cli.Scenarios.LastRequest!.Errata);
        Environment.SetEnvironmentVariable("IOPF__ERRATA", "E02");
        try
        {
            _cli.Run("run", "one-fault");
            Assert.Equal(ErrataSet.Of(Erratum.E02), _cli.Scenarios.LastRequest!.Errata);
            _cli.Run("run", "one-fault", "--errata", "E03");
        }
        finally
        {
            Environment.SetEnvironmentVariable("IOPF__ERRATA", null);
        }

        Assert.Equal(ErrataSet.Of(Erratum.E03), _cli.Scenarios.LastRequest!.Errata);
    }

    [Theory]
    [InlineData("""{"Iopf": {"Patches": "9"}}""", "iopf: Iopf:Patches: patch spec '9': ")]
    [InlineData("""{"Iopf": {"Patchs": "1-6"}}""", "iopf: Iopf:Patchs: there is no such key; expected one of Patches, Errata")]
    [InlineData("""{"Iopf": {"Patches": ["1", "2"]}}""", "iopf: Iopf:Patches: expected one text, none, all, or numbers and ranges")]
    [InlineData("""{"Iopf": {"Patches": {"First": "1"}}}""", "iopf: Iopf:Patches: expected one text, none, all, or numbers and ranges")]
    [InlineData("""{"Iopf": "all"}""", "iopf: Iopf = all: expected a section with Patches and Errata")]
    [InlineData("""{"Iopf": {"Errata": "E99"}}""", "iopf: Iopf:Errata: errata spec 'E99': ")]
    [InlineData("""{"Premap": {"Lenght": 8}}""", "iopf: configuration: there is no option 'Premap:Lenght'; expected one of ")]
    [InlineData("""{"Premap": {"Length": 0}}""", "iopf: configuration: '0' is not a value of Premap:Length; expected an integer from 1")]
    [InlineData("{", "iopf: appsettings.json: expected a JSON object")]
    [InlineData("[]", "iopf: appsettings.json: expected a JSON object")]
    public void A_bad_appsettings_file_is_refused(string text, string complaint)
    {
        _cli.Write("appsettings.json", text);

        CliOutcome outcome = _cli.Run("run", "one-fault");

        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith(complaint, Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Several_settings_are_handed_over_and_the_last_one_of_a_kind_counts()
    {
        _cli.Run("run", "--set", "premap:length=1", "one-fault", "--set", "Cost:HandlerNanoseconds=2", "--set", "Premap:Length=3");

        Assert.Equal([new("Cost:HandlerNanoseconds", "2"), new("Premap:Length", "3")], _cli.Scenarios.LastRequest!.Settings);
    }

    public void Dispose() => _cli.Dispose();

    private static string Compact(JsonElement run, string name) => JsonSerializer.Serialize(run.GetProperty(name));

    private static long Number(JsonElement run, string name) => run.GetProperty(name).GetInt64();
}
