using Iopf.ArmSmmuV3.Hardware;
using Iopf.Failures;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Patches;

namespace Iopf.Scenarios.Tests.Failures;

/// <summary>After any single failure: a natural error, nothing left behind, success when it is done once more.</summary>
public sealed class FailpointSweepTests
{
    // The cover letter's workload makes machines of its own, which nobody disturbs.
    public static TheoryData<string, string> Cases
    {
        get
        {
            TheoryData<string, string> cases = [];
            foreach (string scenario in ScenarioFile.BuiltIn.Where(scenario => !scenario.HasWorkload).Select(scenario => scenario.Name))
            {
                cases.Add(scenario, "all");
                cases.Add(scenario, "none");
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void No_single_failure_breaks_a_scenario(string scenario, string patches)
    {
        FailpointSweep sweep = Sweep(ScenarioFile.Load(scenario), PatchSpec.Parse(patches), Enum.GetValues<FailureKind>(), most: 40);

        Assert.NotEmpty(sweep.Points);
        Assert.All(sweep.Points, point => Assert.Equal("", point.Objection));
    }

    /// <summary>
    /// Without those with threads, whose operations nobody does once more; without E18, whose pages lie elsewhere after a failure, so that its IOMMU cannot map
    /// them; and without E54, whose device joins in a notification, which cannot say that it failed.
    /// </summary>
    public static TheoryData<Erratum> Sequential =>
    [
        .. Iopf.Errata.Reproducers.All.Values
            .Where(reproducer => reproducer.Scenario.Steps.All(step => step.Threads.Count == 0))
            .Select(reproducer => reproducer.Id)
            .Except([Erratum.E18, Erratum.E54]),
    ];

    [Theory]
    [MemberData(nameof(Sequential))]
    public void No_single_failure_breaks_a_reproducer_whose_defect_is_corrected(Erratum id)
    {
        FailpointSweep sweep = Sweep(Iopf.Errata.Reproducers.All[id].Scenario, PatchSet.All, Enum.GetValues<FailureKind>(), most: 12);

        Assert.All(sweep.Points, point => Assert.Equal("", point.Objection));
    }

    [Fact]
    public void Device_that_joins_without_memory_to_be_switched_on_is_let_go_again()
    {
        RunRequest request = Request(Iopf.Errata.Reproducers.All[Erratum.E54].Scenario, PatchSet.All);
        RunResult result = ScenarioRun.Execute(request with { Failures = new FailurePlan().With(FailureKind.Feature, 2) });

        Assert.Empty(result.Violations);
        Assert.Equal("aborted", result.Operations[^1].Result);
    }

    [Theory]
    [InlineData(FailureKind.Allocate, 1, "mmap", "0")]
    [InlineData(FailureKind.Feature, 1, "enable_iopf", "ENOMEM")]
    [InlineData(FailureKind.Register, 1, "enable_iopf", "ENOMEM")]
    [InlineData(FailureKind.Register, 2, "enable_iopf", "ENOMEM")]
    [InlineData(FailureKind.Pin, 1, "dma", "aborted")]
    [InlineData(FailureKind.Map, 2, "dma", "aborted")]
    public void Operation_in_which_the_call_fails_answers_its_natural_error(FailureKind kind, int number, string op, string answer)
    {
        RunResult clean = Run(Small, new FailurePlan());
        RunResult failed = Run(Small, new FailurePlan().With(kind, number));

        RunOperation? hit = failed.Operations.FirstOrDefault(operation => operation.FailedByPlan);
        if (answer == "0")
        {
            // Nothing allocates before the container is there.
            Assert.NotEqual(op, hit!.Op);
            return;
        }

        Assert.Equal((op, answer), (hit!.Op, hit.Result));
        Assert.Equal("0", clean.Operations[hit.Index].Result);
        Assert.Empty(failed.Violations);
    }

    [Fact]
    public void Block_that_cannot_be_split_is_unmapped_as_a_whole()
    {
        // A window of 512 pages that lie side by side becomes one block; then one of its pages is taken away.
        Scenario posted = Iopf.Errata.Reproducers.All[Erratum.E34].Scenario;
        Scenario scenario = posted with { Machine = posted.Machine with { Smmus = [new SmmuSpec("smmu0", StallModel.StallOrTerminate)] } };

        FailpointSweep sweep = Sweep(scenario, PatchSet.All, [FailureKind.Unmap], most: 10);
        FailpointSweep pinned = Sweep(scenario, PatchSet.All.Without(3), [FailureKind.Unmap], most: 10);

        Assert.NotEmpty(sweep.Points);
        Assert.All(sweep.Points.Concat(pinned.Points), point => Assert.Equal("", point.Objection));
    }

    [Fact]
    public void Sweep_objects_to_a_failure_that_leaves_something_behind()
    {
        // Posted: what was pinned before the list could be changed stays pinned.
        Scenario scenario = Iopf.Errata.Reproducers.All[Erratum.E68].Scenario;

        FailpointSweep corrected = Sweep(scenario, PatchSet.All, [FailureKind.Allocate], most: 100);
        FailpointSweep posted = FailpointSweep.Of(Request(scenario, PatchSet.All) with { Errata = ErrataSet.Of(Erratum.E68) }, [FailureKind.Allocate], 100, (_, _) => { });

        Assert.DoesNotContain(corrected.Points, point => point.IsViolation);
        Assert.Contains(posted.Points, point => point.Operation.StartsWith("unpin_pages", StringComparison.Ordinal) && point.Answer == "ENOMEM");
    }

    [Fact]
    public void Sweep_is_the_same_twice_and_spreads_what_it_leaves_out()
    {
        FailpointSweep first = Sweep(ScenarioFile.Load("first-fault"), PatchSet.All, [FailureKind.Allocate], most: 5);
        FailpointSweep second = Sweep(ScenarioFile.Load("first-fault"), PatchSet.All, [FailureKind.Allocate], most: 5);

        Assert.Equal(first.Points, second.Points);
        Assert.Equal(5, first.Points.Count);
        Assert.True(first.Points[^1].Number > first.Counted[0].Value / 2);
    }

    [Theory]
    [InlineData("map")]
    [InlineData("map:0")]
    [InlineData("map:-1")]
    [InlineData("map:x")]
    [InlineData("maps:1")]
    [InlineData(":1")]
    [InlineData("")]
    public void What_is_no_call_is_refused(string spec) =>
        Assert.EndsWith(FailureSpec.Form, Assert.Throws<InputException>(() => FailureSpec.AddTo(new FailurePlan(), spec, "--fail")).Message, StringComparison.Ordinal);

    private static Scenario Small => ScenarioFile.Parse("small", """
        {"name": "x", "about": "x", "machine": {"devices": [{"name": "nic0", "stream_id": "0x10", "group": 1}], "processes": [{"name": "vmm"}]},
         "steps": [{"op": "mmap", "addr": "0x10000000", "size": "0x4000"}, {"op": "open_container"}, {"op": "open_group", "group": 1},
          {"op": "set_container", "group": 1}, {"op": "set_iommu"}, {"op": "enable_iopf"},
          {"op": "map_dma", "iova": "0x100000", "size": "0x4000", "vaddr": "0x10000000"}, {"op": "dma", "device": "nic0", "iova": "0x100000", "len": 1}]}
        """);

    private static RunResult Run(Scenario scenario, FailurePlan plan) => ScenarioRun.Execute(Request(scenario, PatchSet.All) with { Failures = plan });

    private static RunRequest Request(Scenario scenario, PatchSet patches) => new(scenario, patches, new Dictionary<string, string>(), Seed: 0, Trace: null);

    private static FailpointSweep Sweep(Scenario scenario, PatchSet patches, FailureKind[] kinds, long most) =>
        FailpointSweep.Of(Request(scenario, patches), kinds, most, (_, _) => { });
}
