using Iopf.Cli.Tests.Fakes;
using Iopf.Kernel;

namespace Iopf.Cli.Tests;

public sealed class TraceCommandTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public TraceCommandTests() => _cli.Scenarios.Answer = request =>
    {
        request.Trace?.Invoke(new TraceEvent(0, 10, "user", TraceLayer.Device, "dma", "nic", new Iova(0x1000), default, "write"));
        return SampleRuns.Clean;
    };

    [Fact]
    public void A_device_is_not_replaced_by_a_file()
    {
        CliOutcome outcome = _cli.Run("trace", "one-fault", "--out", "/dev/null");

        Assert.Equal(ExitCode.BadInput, outcome.ExitCode);
        Assert.Contains("--out /dev/null: expected a file, found a device", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_trace_goes_to_standard_output()
    {
        CliOutcome outcome = _cli.Run("trace", "one-fault", "--format", "text", "--patches", "1-3");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(
            ["time us  thread  function  device  iova    what happens", "  0.010  user     dma      nic     0x1000  write"],
            outcome.OutputLines);
        Assert.Equal([1, 2, 3], _cli.Scenarios.LastRequest!.Patches!.Value.Numbers);
    }

    [Fact]
    public void A_file_is_written_whole_and_nothing_else_is_left_behind()
    {
        _cli.Write("trace.txt", "old");

        CliOutcome outcome = _cli.Run("trace", "one-fault", "--out", "trace.txt");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Output));
        Assert.Equal([Path.Combine(_cli.Directory, "trace.txt")], Directory.GetFileSystemEntries(_cli.Directory));
        Assert.Equal(3, File.ReadAllLines(Path.Combine(_cli.Directory, "trace.txt")).Length);
    }

    [Fact]
    public void A_run_that_fails_leaves_the_old_file_alone()
    {
        string file = _cli.Write("trace.txt", "old");
        _cli.Scenarios.Answer = _ => throw new InvariantViolationException("x");

        Assert.Equal(3, _cli.Run("trace", "one-fault", "--out", "trace.txt").ExitCode);

        Assert.Equal("old", File.ReadAllText(file));
        Assert.Single(Directory.GetFileSystemEntries(_cli.Directory));
    }

    [Fact]
    public void A_trace_without_steps_says_why()
    {
        _cli.Scenarios.Answer = _ => SampleRuns.Clean;

        Assert.Contains("machines of its own, which are not traced", _cli.Run("trace", "one-fault", "--format", "jsonl").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_violation_is_told_by_the_exit_code()
    {
        _cli.Scenarios.Answer = _ => SampleRuns.Violated;

        Assert.Equal(1, _cli.Run("trace", "one-fault").ExitCode);
    }

    [Theory]
    [InlineData("--format", "kernelshark", "--format kernelshark: there is no such form of a trace; expected one of text, ftrace, jsonl, perfetto, mermaid, sequence, svg, dot")]
    [InlineData("--fault", "1", "--fault 1: only mermaid and sequence take it, not text")]
    [InlineData("--after", "3", "--after 3: only svg and dot take it, not text")]
    public void What_does_not_fit_the_form_is_refused(string option, string value, string complaint)
    {
        CliOutcome outcome = _cli.Run("trace", "one-fault", option, value);

        Assert.Equal((ExitCode.BadInput, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(complaint, outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mermaid", "--fault", "0", "--fault 0: expected a whole number from 1")]
    [InlineData("mermaid", "--fault", "x", "--fault x: expected a whole number from 1")]
    [InlineData("mermaid", "--fault", "1", "--fault 1: one-fault has no stalled transaction with patches")]
    [InlineData("svg", "--after", "-1", "--after -1: expected a whole number from 0")]
    [InlineData("svg", "--after", "7", "--after: one-fault has 2 operations with patches")]
    public void A_fault_or_moment_that_does_not_exist_is_refused(string format, string option, string value, string complaint)
    {
        CliOutcome outcome = _cli.Run("trace", "one-fault", "--format", format, option, value);

        Assert.Equal((ExitCode.BadInput, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(complaint, outcome.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _cli.Dispose();
}
