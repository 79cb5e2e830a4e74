using Iopf.Patches;

namespace Iopf.Scenarios.Tests.Workloads;

/// <summary>The cover letter's workload, run whole: the counts of its table.</summary>
public sealed class CoverLetterTests
{
    private static readonly RunResult Run = ScenarioRun.Execute(
        new RunRequest(ScenarioFile.Load("cover-letter"), PatchSet.All, new Dictionary<string, string>(), Seed: 0, Trace: null));

    [Theory]
    [InlineData("vfio-1mb", 1, 518, 518)]
    [InlineData("vfio-1mb", 100, 1035, 1058)]
    [InlineData("vfio-1mb", 1000, 1066, 1071)]
    [InlineData("vfio-10mb", 1, 13, 13)]
    [InlineData("vfio-10mb", 100, 25, 26)]
    [InlineData("vfio-10mb", 1000, 25, 26)]
    [InlineData("sva-1mb", 1, 512, 512)]
    [InlineData("sva-1mb", 100, 1024, 1024)]
    [InlineData("sva-1mb", 1000, 1024, 1024)]
    public void A_row_has_the_derived_count_beside_the_published_one(string configuration, int messages, long faults, long published)
    {
        RunRow row = Assert.Single(Run.Rows, row => row.Config == configuration && row.Messages == messages);

        Assert.Equal((faults, published), (row.Faults, row.PublishedFaults));
    }

    [Fact]
    public void The_run_keeps_every_promise() => Assert.Empty(Run.Violations);
}
