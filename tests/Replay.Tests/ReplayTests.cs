using Iopf.Kernel;
using Iopf.Machine;

namespace Iopf.Replay.Tests;

public sealed class ReplayTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_machine_that_answers_as_recorded_matches_every_operation(int seed)
    {
        string file = RecordingFiles.Seed(seed);

        ReplayReport report = RecordingReplay.Run(file, _ => new LyingReplayer());

        Assert.Equal(new ReplayReport(file, "vfio-type1-recording/1", File.ReadLines(file).Count() - 1, report.Operations, null, report.Violations), report);
        Assert.Equal(0, report.Mismatched);
    }

    [Fact]
    public void A_single_lie_is_found_with_its_line_and_both_answers()
    {
        string file = RecordingFiles.Seed(1);
        LyingReplayer liar = new(operation => operation is PlainCall { Op: "ioctl_118" }, RecordedAnswer.OfResult(Errno.EINVAL));

        ReplayReport report = RecordingReplay.Run(file, _ => liar);

        int line = 1 + File.ReadLines(file).Index().First(line => line.Item.Contains("ioctl_118", StringComparison.Ordinal)).Index;
        Assert.Equal(1, report.Mismatched);
        Assert.Equal(new ReplayMismatch(line, "ioctl_118", "result=ENOTTY", "result=EINVAL"), report.FirstMismatch);
    }

    [Theory]
    [InlineData("result")]
    [InlineData("unmapped")]
    public void Every_recorded_field_is_compared(string lie)
    {
        RecordedAnswer recorded = RecordedAnswer.OfUnmap(Errno.None, 0x1000);
        RecordedAnswer given = lie == "result" ? RecordedAnswer.OfUnmap(Errno.EINVAL, 0x1000) : RecordedAnswer.OfUnmap(Errno.None, 0x2000);

        AnswerDifference? difference = recorded.FirstDifferenceTo(given);

        Assert.NotNull(difference);
        Assert.StartsWith(lie, difference.Expected, StringComparison.Ordinal);
        Assert.StartsWith(lie, difference.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public void The_words_of_an_event_record_are_compared()
    {
        RecordedAnswer recorded = RecordedAnswer.OfDma("unchanged", 1, 1, 2, 3, 4);

        Assert.Null(recorded.FirstDifferenceTo(RecordedAnswer.OfDma("unchanged", 1, 1, 2, 3, 4)));
        Assert.NotNull(recorded.FirstDifferenceTo(RecordedAnswer.OfDma("unchanged", 1, 1, 2, 3, 5)));
        Assert.NotNull(recorded.FirstDifferenceTo(RecordedAnswer.OfDma("unchanged", 1)));
    }

    [Fact]
    public void A_missing_answer_is_a_difference() =>
        Assert.Equal(
            new AnswerDifference("result=0", "result=(not answered)"),
            RecordedAnswer.OfResult(Errno.None).FirstDifferenceTo(RecordedAnswer.Nothing));

    [Fact]
    public void An_answer_nobody_recorded_is_a_difference() =>
        Assert.Equal(
            new AnswerDifference("result=(not recorded)", "result=0"),
            RecordedAnswer.Nothing.FirstDifferenceTo(RecordedAnswer.OfResult(Errno.None)));

    /// <summary>Answers from the recording itself, but for the first operation that is asked to be a lie.</summary>
    private sealed class LyingReplayer(Predicate<RecordedOperation>? isLie = null, RecordedAnswer? lie = null) : IType1Replayer
    {
        public IReadOnlyList<Violation> Violations => [];

        private bool _lied;

        public RecordedAnswer Answer(RecordedOperation operation)
        {
            if (_lied || isLie?.Invoke(operation) != true)
            {
                return operation.Answer;
            }

            _lied = true;
            return lie!;
        }
    }
}
