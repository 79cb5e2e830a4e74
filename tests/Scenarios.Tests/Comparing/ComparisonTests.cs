using Iopf.Comparing;
using Iopf.Kernel;
using Iopf.Patches;

namespace Iopf.Scenarios.Tests.Comparing;

public sealed class ComparisonTests
{
    public static TheoryData<string, int> ScenariosOfPatches()
    {
        TheoryData<string, int> cases = [];
        foreach (ScenarioInfo scenario in ScenarioFile.BuiltIn.Where(scenario => scenario.Patch is not null))
        {
            cases.Add(scenario.Name, scenario.Patch!.Value);
        }

        return cases;
    }

    [Fact]
    public void A_run_does_not_differ_from_itself()
    {
        Comparison comparison = Compare("first-fault", PatchSet.All, PatchSet.All);

        Assert.True(comparison.IsSame);
        Assert.Null(comparison.Divergence);
    }

    [Theory]
    [MemberData(nameof(ScenariosOfPatches))]
    public void Difference_that_a_patch_makes_is_put_down_to_it(string scenario, int patch)
    {
        Comparison comparison = Compare(scenario, PatchSet.All.Without(patch), PatchSet.All);

        Assert.False(comparison.IsSame);
        Assert.NotEmpty(comparison.Differences);
        Assert.Equal([patch], comparison.Divergence!.MadeBy.Select(maker => maker.Patch!.Number));
    }

    [Fact]
    public void Of_many_patches_only_those_that_make_the_first_difference_are_named()
    {
        Comparison comparison = Compare("first-fault", PatchSet.None, PatchSet.All);

        Assert.Equal([5], comparison.Divergence!.MadeBy.Select(maker => maker.Patch!.Number));
        Assert.Equal("vfio_iommu_type1_enable_iopf", comparison.Divergence.Function);
    }

    [Fact]
    public void Difference_that_a_defect_makes_is_put_down_to_it()
    {
        Variant posted = new(PatchSet.All, ErrataSet.Of(Erratum.E05, Erratum.E14, Erratum.E62));

        Comparison comparison = Comparison.Of(ScenarioRun.Execute, Request("selective-faulting"), Plain(PatchSet.All), posted);

        Assert.NotEmpty(comparison.Differences);
        Assert.Equal([Erratum.E62], comparison.Divergence!.MadeBy.Select(maker => maker.Erratum!.Value));
    }

    [Fact]
    public void Where_it_takes_several_patches_all_of_them_are_named()
    {
        // Without patch 5 a handler is of no use, without patch 6 there is nothing to fault: only both lead to the first fault's stall.
        const string Text = """
            {"name": "x", "about": "x", "machine": {"devices": [{"name": "nic0", "stream_id": "0x10", "group": 1}], "processes": [{"name": "vmm"}]},
             "steps": [{"op": "mmap", "addr": "0x10000000", "size": "0x4000"}, {"op": "open_container"}, {"op": "open_group", "group": 1},
              {"op": "set_container", "group": 1}, {"op": "set_iommu"}, {"op": "enable_iopf"},
              {"op": "map_dma", "iova": "0x0", "size": "0x4000", "vaddr": "0x10000000"}, {"op": "dma", "device": "nic0", "iova": "0x0", "len": 1}]}
            """;
        RunRequest request = new(ScenarioFile.Parse("x", Text), null, new Dictionary<string, string>(), Seed: 0, Trace: null);

        Comparison comparison = Comparison.Of(ScenarioRun.Execute, request, Plain(PatchSet.Of(1, 2, 3, 5)), Plain(PatchSet.Of(1, 2, 3, 4, 5, 6)));

        Assert.Contains(6, comparison.Divergence!.MadeBy.Select(maker => maker.Patch!.Number));
        Assert.DoesNotContain(4, comparison.Divergence.MadeBy.Select(maker => maker.Patch!.Number));
    }

    [Fact]
    public void Another_cost_is_another_time_and_nothing_else()
    {
        List<TraceEvent> slow = [];
        List<TraceEvent> fast = [];
        Run("first-fault", slow, "20000");
        Run("first-fault", fast, "10000");

        Assert.Equal(-1, Divergence.First(slow, fast));
        Assert.InRange(Divergence.First(slow, fast, withTimes: true), 1, slow.Count - 1);
    }

    [Fact]
    public void Every_step_belongs_to_the_operation_that_made_it()
    {
        ObservedRun run = ObservedRun.Of(ScenarioRun.Execute, Request("first-fault"), Plain(PatchSet.All));

        for (int operation = 0; operation < run.Result.Operations.Count; operation++)
        {
            (int first, int count) = run.StepsOf(operation);
            Assert.All(Enumerable.Range(first, count), step => Assert.Equal(operation, run.OperationOf(step)!.Index));
        }

        Assert.Equal("dma", run.OperationOf(run.Events.ToList().FindIndex(step => step.Point.Kind == TracePointKind.Stall))!.Op);
        Assert.Equal("enable_iopf", run.OperationOf(run.Events.ToList().FindIndex(step => step.Function == "vfio_iommu_type1_enable_iopf"))!.Op);
    }

    [Theory]
    [InlineData("munmap-under-dma")]
    [InlineData("second-domain")]
    [InlineData("random")]
    public void Aligned_traces_hold_every_step_of_both_runs_once_and_in_order(string scenario)
    {
        Comparison comparison = Compare(scenario, PatchSet.None, PatchSet.All);
        int operations = Math.Max(comparison.Left.Result.Operations.Count, comparison.Right.Result.Operations.Count);

        List<(TraceEvent? Left, TraceEvent? Right)> rows = [];
        for (int operation = 0; operation < operations; operation++)
        {
            rows.AddRange(AlignedTraces.Rows(comparison.Left, comparison.Right, operation));
        }

        int skippedLeft = comparison.Left.StepsOf(0).First;
        int skippedRight = comparison.Right.StepsOf(0).First;
        Assert.Equal(comparison.Left.Events.Skip(skippedLeft), rows.Where(row => row.Left is not null).Select(row => row.Left!.Value));
        Assert.Equal(comparison.Right.Events.Skip(skippedRight), rows.Where(row => row.Right is not null).Select(row => row.Right!.Value));
    }

    [Fact]
    public void Series_is_told_in_nine_runs_and_each_patch_is_held_against_the_run_before()
    {
        List<PatchSet> told = [];

        IReadOnlyList<PatchEffect> effects = PatchEffect.OfEach(ScenarioRun.Execute, Request("munmap-under-dma"), told.Add);

        Assert.Equal(["none", "1", "1-2", "1-3", "1-4", "1-5", "1-6", "1-7", "all"], told.Select(patches => patches.ToString()));
        Assert.Equal([null, 1, 2, 3, 4, 5, 6, 7, 8], effects.Select(effect => effect.Patch?.Number));
        Assert.Contains(effects[5].Differences, difference => difference.What.Contains("enable_iopf", StringComparison.Ordinal) && difference.Left == "ENOTTY");
        Assert.Contains(effects[6].Differences, difference => difference is { What: "locked_vm peak", Left: "4", Right: "0" });
        Assert.All(effects.Skip(1).Take(4), effect => Assert.Empty(effect.Differences));
    }

    private static RunRequest Request(string scenario) =>
        new(ScenarioFile.Load(scenario), null, new Dictionary<string, string>(), Seed: 0, Trace: null);

    private static Variant Plain(PatchSet patches) => new(patches, ErrataSet.None);

    private static Comparison Compare(string scenario, PatchSet left, PatchSet right) =>
        Comparison.Of(ScenarioRun.Execute, Request(scenario), Plain(left), Plain(right));

    private static void Run(string scenario, List<TraceEvent> events, string cost) => ScenarioRun.Execute(Request(scenario) with
    {
        Trace = events.Add,
        Settings = new Dictionary<string, string> { ["Cost:FaultDeliveryNanoseconds"] = cost },
    });
}
