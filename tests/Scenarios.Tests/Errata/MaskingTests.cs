using Iopf.Errata;
using Iopf.Kernel;
using Iopf.Patches;

namespace Iopf.Scenarios.Tests.Errata;

/// <summary>Some defects hide others: the one behind shows only once the one before is corrected.</summary>
public sealed class MaskingTests
{
    [Theory]
    [InlineData(Erratum.E37, Erratum.E38)]
    [InlineData(Erratum.E06, Erratum.E01)]
    [InlineData(Erratum.E04, Erratum.E05)]
    public void Defect_is_hidden_by_another_and_shows_without_it(Erratum hidden, Erratum mask)
    {
        Reproducer reproducer = Reproducers.All[hidden];
        ErrataSet shown = reproducer.Needs.With(hidden);

        Assert.All(reproducer.Observations, observation => Assert.NotNull(observation.SeenIn(Run(reproducer.Scenario, shown))));
        Assert.Contains(reproducer.Observations, observation => observation.SeenIn(Run(reproducer.Scenario, shown.With(mask))) is null);
    }

    [Fact]
    public void Deadlock_of_a_detach_comes_before_the_use_of_the_look_up_that_it_frees()
    {
        // Served in the event thread, as posted: the handler waits for iommu->lock with param->lock held.
        ErrataSet posted = ErrataSet.Of(Erratum.E08, Erratum.E10, Erratum.E13, Erratum.E41, Erratum.E56);

        RunResult shown = Run(DetachDuringAFault(), posted);
        RunResult hidden = Run(DetachDuringAFault(), posted.With(Erratum.E43));

        Assert.Contains(shown.Violations, violation => violation is { Invariant: "oops" } && violation.Detail.Contains("use after free", StringComparison.Ordinal));
        Assert.Contains(hidden.Violations, violation => violation is { Invariant: "L2" } && violation.Detail.Contains("param.lock", StringComparison.Ordinal));
        Assert.DoesNotContain(hidden.Violations, violation => violation is { Invariant: "oops" });
    }

    [Theory]
    [InlineData(Erratum.E34)]
    [InlineData(Erratum.E48)]
    public void One_exit_of_the_unmapping_loop_makes_stale_entries_of_what_others_began(Erratum cause)
    {
        Reproducer reproducer = Reproducers.All[cause == Erratum.E34 ? Erratum.E22 : cause];

        Assert.Contains(Run(reproducer.Scenario, ErrataSet.Of(cause, Erratum.E22)).Violations, violation => violation.Invariant is "M1" or "O1");
        Assert.DoesNotContain(Run(reproducer.Scenario, ErrataSet.Of(cause)).Violations, violation => violation.Invariant is "M1" or "O1");
    }

    [Fact]
    public void Bit_without_an_entry_is_a_fault_for_ever_or_one_fault_that_repairs_it()
    {
        Scenario scenario = SecondDomainThatFaults();

        RunResult amplified = Run(scenario, ErrataSet.Of(Erratum.E47, Erratum.E09));
        RunResult repaired = Run(scenario, ErrataSet.Of(Erratum.E47));

        Assert.Contains(amplified.Violations, violation => violation.Invariant == "R1");
        Assert.DoesNotContain(repaired.Violations, violation => violation.Invariant == "R1");
        Assert.Equal("0", repaired.Operations[^1].Result);
    }

    [Fact]
    public void Without_patch_6_the_first_fault_of_the_posted_handler_meets_no_bitmap()
    {
        Reproducer reproducer = Reproducers.All[Erratum.E07];

        RunResult result = Run(reproducer.Scenario, ErrataSet.Of(Erratum.E07), PatchSpec.Parse("1-5"));

        Assert.Contains(result.Violations, violation => violation is { Invariant: "oops" });
    }

    private static RunResult Run(Scenario scenario, ErrataSet errata, PatchSet? patches = null) =>
        ScenarioRun.Execute(new RunRequest(scenario, patches ?? PatchSet.All, new Dictionary<string, string>(), Seed: 0, Trace: null) { Errata = errata });

    private static Scenario DetachDuringAFault() => ScenarioFile.Parse("detach during a fault", """
        {"name": "x", "about": "x", "set": {"Premap:Length": 1},
         "machine": {"devices": [{"name": "nic0", "stream_id": "0x10", "group": 1}], "processes": [{"name": "vmm"}]},
         "steps": [{"op": "mmap", "addr": "0x10000000", "size": "0x4000"}, {"op": "open_container"}, {"op": "open_group", "group": 1},
          {"op": "set_container", "group": 1}, {"op": "set_iommu"}, {"op": "enable_iopf"},
          {"op": "map_dma", "iova": "0x100000", "size": "0x4000", "vaddr": "0x10000000"},
          {"op": "parallel", "threads": {"vmm": [{"op": "unset_container", "group": 1}], "dev": [{"op": "dma", "device": "nic0", "iova": "0x100000", "len": 1}]},
           "schedule": ["dev", "irq/smmu0-evtq@lock iommu.lock", "vmm", "irq/smmu0-evtq"]}]}
        """);

    private static Scenario SecondDomainThatFaults() => ScenarioFile.Parse("second domain", """
        {"name": "x", "about": "x", "set": {"Premap:Length": 1},
         "machine": {"smmus": [{"name": "smmu0"}, {"name": "smmu1"}], "processes": [{"name": "vmm"}],
          "devices": [{"name": "nic0", "stream_id": "0x10", "group": 1, "smmu": "smmu0"}, {"name": "nic1", "stream_id": "0x20", "group": 2, "smmu": "smmu1"}]},
         "steps": [{"op": "mmap", "addr": "0x10000000", "size": "0x4000"}, {"op": "open_container"}, {"op": "open_group", "group": 1},
          {"op": "set_container", "group": 1}, {"op": "set_iommu"}, {"op": "enable_iopf"}, {"op": "open_group", "group": 2},
          {"op": "map_dma", "iova": "0x100000", "size": "0x4000", "vaddr": "0x10000000"}, {"op": "dma", "device": "nic0", "iova": "0x100000", "len": 1},
          {"op": "set_container", "group": 2}, {"op": "dma", "device": "nic1", "iova": "0x100000", "len": 1}]}
        """);
}
