using Iopf.Kernel;
using Microsoft.Extensions.DependencyInjection;

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

    /// <remarks>The classes that hold the posted defects do what the corrected ones do while none of their defects is on.</remarks>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void With_the_posted_classes_in_place_and_no_erratum_on_every_operation_is_answered_the_same(int seed)
    {
        ReplayReport report = RecordingReplay.Run(
            RecordingFiles.Seed(seed),
            static header => new Type1ReplayMachine(header, static services => services.AddIommuErrata(ErrataSet.All).AddVfioType1Errata(ErrataSet.All)));

        Assert.Null(report.FirstMismatch);
        Assert.True(report.Operations > 0);
        Assert.Equal(report.Operations, report.Matched);
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
