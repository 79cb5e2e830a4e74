using Iopf.Scenarios;
using Iopf.Sweeps;

namespace Iopf.Studies.Tests.Sweeps;

public sealed class PointRunnerTests
{
    [Theory]
    [InlineData("platform=vfio", "Premap:Length=1", 518L, 63.4)]
    [InlineData("platform=sva", "Premap:Length=1", 512L, 82.78)]
    [InlineData("platform=vfio", "Premap:Length=2", null, null)]
    public void A_row_of_the_table_has_what_was_published_for_it(string platform, string premap, long? faults, double? slowdown)
    {
        PointResult point = Run("cover-letter", platform, premap);

        Assert.Equal(faults, point.PublishedFaults);
        Assert.Equal(slowdown, point.PublishedSlowdown);
        Assert.Equal(PointResult.Done, point.Outcome);
        Assert.InRange(point.Slowdown!.Value, 1, 99);
    }

    [Fact]
    public void Without_the_series_the_workload_neither_faults_nor_slows_down()
    {
        PointResult point = Run("cover-letter", "patches=none", "msg_len=64K");

        Assert.Equal(0, point.Run.Faults);
        Assert.Equal(0, point.Slowdown);
    }

    [Fact]
    public void More_sets_of_buffers_are_more_pages_to_fault()
    {
        long Faults(int sets) => Run("cover-letter", "Premap:Length=1", "msg_len=64K", "messages=8", $"buffers={sets}").Run.Faults;

        // A set is a source and a destination, each of 17 pages.
        Assert.Equal(2 * 2 * 17, Faults(4) - Faults(2));
    }

    [Fact]
    public void Longer_messages_than_the_cover_letters_find_memory()
    {
        PointResult point = Run("cover-letter", "msg_len=16776704", "messages=2", "buffers=8");

        Assert.Equal(PointResult.Done, point.Outcome);
    }

    [Fact]
    public void Devices_of_one_container_wait_for_its_lock_only_behind_SMMUs_of_their_own()
    {
        long Waiting(string spread) =>
            Run("cover-letter", "Premap:Length=1", "msg_len=64K", "messages=4", "devices=4", $"spread={spread}").Timing!.Locks.Sum(its => its.WaitingNanoseconds);

        Assert.Equal(0, Waiting("together"));
        Assert.Equal(0, Waiting("apart"));
        Assert.True(Waiting("smmus") > 0);
    }

    [Fact]
    public void A_scenario_comes_to_what_it_comes_to_alone()
    {
        Scenario scenario = ScenarioFile.Load("first-fault");
        RunResult alone = ScenarioRun.Execute(new RunRequest(scenario, null, new Dictionary<string, string> { ["Premap:Length"] = "4" }, 0, null));

        PointResult point = Run("first-fault", "Premap:Length=4");

        Assert.Equal((alone.Faults, alone.MappedPages, alone.VirtualNanoseconds), (point.Run.Faults, point.Run.MappedPages, point.Run.VirtualNanoseconds));
    }

    private static PointResult Run(string scenario, params string[] over)
    {
        RunRequest request = new(ScenarioFile.Load(scenario), null, new Dictionary<string, string>(), 0, null);
        SweepPlan plan = new(request, [.. over.Select(text => SweepAxis.Parse(text, "--over"))], isZipped: false);
        return new PointRunner(ScenarioRun.Execute).Execute(plan.SetupOf(0));
    }
}
