namespace Iopf.Replay.Tests;

/// <summary>The model held against recordings of a real kernel.</summary>
public sealed class RecordedKernelTests
{
    [Theory]
    [InlineData(1, 2805)]
    [InlineData(2, 2809)]
    [InlineData(3, 2807)]
    public void Every_operation_of_a_recorded_kernel_is_answered_as_recorded_and_keeps_every_promise(int seed, int operations)
    {
        ReplayReport report = RecordingReplay.Run(RecordingFiles.Seed(seed), Type1Replayers.Create);

        Assert.Null(report.FirstMismatch);
        Assert.Equal((operations, operations), (report.Operations, report.Matched));
        Assert.Empty(report.Violations);
    }

    [Fact]
    public void A_DMA_before_there_is_a_container_is_answered_and_not_the_end_of_the_model()
    {
        string[] recording = File.ReadAllLines(RecordingFiles.Seed(1));
        string file = Path.Combine(Directory.CreateTempSubdirectory("iopf-").FullName, "dma-first.jsonl");
        File.WriteAllLines(file, [recording[0], recording.First(line => line.Contains("\"data\":", StringComparison.Ordinal))]);

        Assert.Equal(1, RecordingReplay.Run(file, Type1Replayers.Create).Operations);
    }
}
