using System.Text.Json;
using Iopf.Cli.Tests.Fakes;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Replay;

namespace Iopf.Cli.Tests;

public sealed class ReplayCommandTests : IDisposable
{
    private const string Header =
        """{"format": "vfio-type1-recording/1", "kernel": "k", "iommu": "i", "device": "d", "page_size": 4096, "arena": [], "seed": 1}""";

    private readonly CliHarness _cli = new();

    [Fact]
    public void Recordings_that_are_answered_alike_end_with_0()
    {
        string file = Recording("""{"op": "ioctl_118", "result": "ENOTTY"}""");

        CliOutcome outcome = _cli.Run("replay", file, file);

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        string line = $"{file}: 1 operations, 1 matched, 0 mismatched";
        Assert.Equal([line, line], outcome.OutputLines);
    }

    [Fact]
    public void A_different_answer_ends_with_1_and_shows_both()
    {
        _cli.CreateReplayer = _ => new Refuser();
        string file = Recording("""{"op": "group_set_container", "result": "0"}""", """{"op": "ioctl_118", "result": "ENOTTY"}""");

        CliOutcome outcome = _cli.Run("replay", file);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal(
            [
                $"{file}: 2 operations, 0 matched, 2 mismatched",
                "    line 2: group_set_container",
                "        recorded result=0",
                "        answered result=EPERM",
            ],
            outcome.OutputLines);
    }

    [Fact]
    public void Json_has_the_promised_shape()
    {
        _cli.CreateReplayer = _ => new Refuser();
        string empty = Recording();
        string file = _cli.Write("other.jsonl", Header + "\n" + """{"op": "ioctl_118", "result": "ENOTTY"}""");

        JsonElement files = _cli.RunJson("replay", empty, file, "--json").GetProperty("files");

        Assert.Equal(
            $$"""{"file":"{{empty}}","format":"vfio-type1-recording/1","operations":0,"matched":0,"mismatched":0,"first_mismatch":null,"violations":[]}""",
            JsonSerializer.Serialize(files[0]));
        Assert.Equal(
            """{"line":2,"operation":"ioctl_118","expected":"result=ENOTTY","actual":"result=EPERM"}""",
            JsonSerializer.Serialize(files[1].GetProperty("first_mismatch")));
    }

    [Fact]
    public void A_malformed_recording_prints_no_results_even_behind_a_good_one()
    {
        string good = Recording();
        string bad = _cli.Write("bad.jsonl", """{"format": "other-recording/1", "description": "x"}""" + "\n");

        CliOutcome outcome = _cli.Run("replay", good, bad, "--json");

        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Equal(
            $"iopf: {bad}:1: format: format 'other-recording/1' is not supported by this version; expected vfio-type1-recording/1 or rfc-iopf-recording/1",
            Assert.Single(outcome.ErrorLines));
    }

    [Fact]
    public void A_broken_promise_is_named_and_is_exit_code_1()
    {
        _cli.CreateReplayer = _ => new Breaker();

        CliOutcome outcome = _cli.Run("replay", Recording("""{"op":"api_version","value":0}"""));

        Assert.Equal(ExitCode.Difference, outcome.ExitCode);
        Assert.Contains("    M1 at line 2 api_version: a stale translation\n", outcome.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _cli.Dispose();

    private string Recording(params string[] lines) => _cli.Write("r.jsonl", string.Join('\n', [Header, .. lines]) + "\n");

    private sealed class Refuser : IType1Replayer
    {
        public IReadOnlyList<Violation> Violations => [];

        public RecordedAnswer Answer(RecordedOperation operation) => RecordedAnswer.OfResult(Errno.EPERM);
    }

    private sealed class Breaker : IType1Replayer
    {
        public IReadOnlyList<Violation> Violations => [new("M1", "No stale entry.", "line 2 api_version", "a stale translation", 0)];

        public RecordedAnswer Answer(RecordedOperation operation) => operation.Answer;
    }
}
