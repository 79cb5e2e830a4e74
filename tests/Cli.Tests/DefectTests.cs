using Iopf.Cli.Tests.Fakes;
using Iopf.Kernel;

namespace Iopf.Cli.Tests;

public sealed class DefectTests : IDisposable
{
    private readonly CliHarness _cli = new();

    [Fact]
    public void A_defect_of_the_model_is_one_line_and_exit_code_3()
    {
        _cli.Scenarios.Answer = _ => throw new InvariantViolationException("the lock is held");

        CliOutcome outcome = _cli.Run("run", "one-fault");

        Assert.Equal((3, ""), (outcome.ExitCode, outcome.Output));
        Assert.Equal(
            "iopf: defect of the model: InvariantViolationException: the lock is held (IOPF_DEBUG=1 shows where)\n",
            outcome.Error);
    }

    [Fact]
    public void IOPF_DEBUG_adds_the_stack_trace()
    {
        _cli.Scenarios.Answer = _ => throw new InvalidOperationException("x");
        _cli.ShowStackTraces = true;

        Assert.Contains("   at ", _cli.Run("run", "one-fault").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reader_who_stops_reading_ends_the_command_quietly()
    {
        _cli.Output = new FailingWriter(new IOException("Broken pipe", 32));

        CliOutcome outcome = _cli.Run("patches");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
    }

    [Fact]
    public void Output_that_cannot_be_written_is_not_passed_over()
    {
        _cli.Output = new FailingWriter(new IOException("No space left on device", 28));

        CliOutcome outcome = _cli.Run("patches");

        Assert.Equal((2, "iopf: standard output cannot be written: No space left on device\n"), (outcome.ExitCode, outcome.Error));
    }

    public void Dispose() => _cli.Dispose();

    private sealed class FailingWriter(IOException failure) : StringWriter
    {
        public override void Flush() => throw failure;
    }
}
