namespace Iopf.Cli.Tests;

/// <summary>What happens where nothing can be written.</summary>
public sealed class TerminalTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly ClosedWriter _closed = new();

    public void Dispose()
    {
        _output.Dispose();
        _closed.Dispose();
    }

    [Fact]
    public void Complaint_that_nobody_can_hear_leaves_the_exit_code_as_it_is()
    {
        Terminal terminal = new(_output, _closed, ".", ShowStackTraces: false);

        Assert.Equal(ExitCode.BadInput, new IopfCommandLine(terminal, new ModelScenarioRunner(), Iopf.Replay.Type1Replayers.Create).Run(["explore", "nix"]));
    }

    [Fact]
    public void Result_that_cannot_be_written_is_one_line_and_no_defect()
    {
        using StringWriter error = new();
        Terminal terminal = new(_closed, error, ".", ShowStackTraces: false);

        Assert.Equal(ExitCode.BadInput, new IopfCommandLine(terminal, new ModelScenarioRunner(), Iopf.Replay.Type1Replayers.Create).Run(["patches"]));
        Assert.Equal($"iopf: standard output cannot be written: closed{Environment.NewLine}", error.ToString());
    }

    // As a stream answers whose descriptor is closed.
    private sealed class ClosedWriter : StringWriter
    {
        public override void Write(string? value) => throw new UnauthorizedAccessException("closed");

        public override void Flush() => throw new UnauthorizedAccessException("closed");
    }
}
