using Iopf.Kernel;
using Iopf.Scenarios;
using Iopf.Sweeps;

namespace Iopf.Studies.Tests.Sweeps;

public sealed class SweepPlanTests
{
    [Fact]
    public void Each_value_goes_with_each_and_the_last_list_varies_fastest()
    {
        SweepPlan plan = Plan("first-fault", isZipped: false, "seed=1,2", "Premap:Length=4,8,16");

        Assert.Equal(["1 4", "1 8", "1 16", "2 4", "2 8", "2 16"], Points(plan));
    }

    [Fact]
    public void Zipped_lists_go_side_by_side()
    {
        SweepPlan plan = Plan("first-fault", isZipped: true, "seed=1..3", "Premap:Length=4,8,16");

        Assert.Equal(["1 4", "2 8", "3 16"], Points(plan));
    }

    [Fact]
    public void A_point_runs_what_its_values_say()
    {
        RunRequest request = Plan("first-fault", isZipped: false, "patches=1-4+6", "errata=E01+E23", "seed=5", "Premap:Length=8").SetupOf(0).Request;

        Assert.Equal("1-4,6", request.PatchesInForce.ToString());
        Assert.Equal("E01,E23", request.ErrataInForce.ToString());
        Assert.Equal(5UL, request.Seed);
        Assert.Equal("8", request.SettingsInForce["Premap:Length"]);
    }

    [Fact]
    public void Every_copy_of_a_device_does_what_the_device_does_in_a_group_of_its_own()
    {
        PointSetup setup = Plan("first-fault", isZipped: false, "devices=3").SetupOf(0);
        RunResult result = ScenarioRun.Execute(setup.Request);

        Assert.Equal(["nic0", "nic0.1", "nic0.2"], setup.Request.Scenario.Machine.Devices.Select(device => device.Name));
        Assert.Equal(3, result.Operations.Count(operation => operation is { Op: "open_group", Result: "0" }));
        Assert.Equal(3 * 3, result.Operations.Count(operation => operation is { Op: "dma", Result: "0" }));
        Assert.Empty(result.Violations);
    }

    [Theory]
    [InlineData("first-fault", "messages=1", "--over messages: is a parameter of a workload, and first-fault has none; expected a scenario such as cover-letter")]
    [InlineData("fault-against-munmap", "devices=1,2", "--over devices: fault-against-munmap cannot be multiplied; expected a scenario of one device and no threads")]
    [InlineData("two-containers", "devices=2", "--over devices: two-containers cannot be multiplied; expected a scenario of one device and no threads")]
    [InlineData("cover-letter", "platform=sva devices=1,2", "--over devices: on the host there is one device; expected no platform=sva")]
    [InlineData("big-guest", "seed=1", "big-guest: measures how much memory the model takes, and a sweep does not; expected cover-letter, or a scenario without the step \"workload\"")]
    [InlineData("many-containers", "Type1:EntryLimit=1,65535", "many-containers: measures how much memory the model takes, and a sweep does not; expected cover-letter, or a scenario without the step \"workload\"")]
    [InlineData("idle-mapping", "seed=1", "idle-mapping: measures how much memory the model takes, and a sweep does not; expected cover-letter, or a scenario without the step \"workload\"")]
    [InlineData("first-fault", "seed=1 seed=2", "--over seed: is there twice; give its values in one list")]
    [InlineData("first-fault", "seed=1..1000 Premap:Length=1..1001", "--over: the lists make more than 1000000 points; expected at most so many")]
    [InlineData("first-fault", "", "--over: nothing varies; expected NAME=VALUES, such as Premap:Length=1,2,4,...,4096")]
    public void A_plan_that_does_not_fit_is_refused(string scenario, string over, string complaint)
    {
        InputException refused = Assert.Throws<InputException>(
            () => Plan(scenario, isZipped: false, over.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

        Assert.Equal(complaint, refused.Message);
    }

    [Fact]
    public void Zipped_lists_of_unequal_lengths_are_refused()
    {
        InputException refused = Assert.Throws<InputException>(() => Plan("first-fault", isZipped: true, "seed=1..3", "Premap:Length=1,2"));

        Assert.Equal("--zip: the lists have 3, 2 values; expected equally many in each", refused.Message);
    }

    [Fact]
    public void Every_ready_made_sweep_is_one()
    {
        Assert.All(ReadySweep.All, ready =>
        {
            SweepPlan plan = Plan(ready.Scenario, isZipped: false, [.. ready.Over]);
            Assert.Contains(plan.Axes, axis => axis.Name == ready.X && axis.IsNumeric);
            Assert.All(ready.Y, measure => Assert.Contains(plan.Columns, column => column.Name == measure && column.IsNumeric));
        });
    }

    private static SweepPlan Plan(string scenario, bool isZipped, params string[] over) => new(
        new RunRequest(ScenarioFile.Load(scenario), null, new Dictionary<string, string>(), 0, null),
        [.. over.Select(text => SweepAxis.Parse(text, "--over"))],
        isZipped);

    private static IEnumerable<string> Points(SweepPlan plan) =>
        Enumerable.Range(0, (int)plan.Count).Select(point => string.Join(' ', plan.ValuesOf(point)));
}
