using Iopf;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Patches;
using Iopf.Scenarios;
using Iopf.VfioType1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Moq;

namespace Toggling;

/// <summary>Runs of a scenario, seen from outside: the trace, the counters, the invariants, and an answer of one's own.</summary>
public sealed class WhatHappenedTests
{
    [Fact]
    public void A_run_tells_each_step_and_its_result_holds_what_came_of_it()
    {
        List<string> functions = [];
        RunResult result = ScenarioRun.Execute(new RunRequest(BuiltInScenarios.Get("first-fault")) { Trace = step => functions.Add(step.Function) });

        Assert.Contains("vfio_iommu_type1_dma_map_iopf", functions);
        Assert.Equal((2L, 0L), (result.Faults, result.PinnedPages));
        Assert.Empty(result.Violations);
    }

    [Fact]
    public void The_code_as_posted_breaks_an_invariant()
    {
        Scenario scenario = BuiltInScenarios.Get("first-fault");

        RunResult corrected = ScenarioRun.Execute(new RunRequest(scenario));
        RunResult posted = ScenarioRun.Execute(new RunRequest(scenario) { Errata = ErrataSet.All });

        Assert.Empty(corrected.Violations);
        Assert.Contains(posted.Violations, violation => violation.Invariant == "L2");   // a cycle of locks
    }

    [Fact]
    public void An_own_answer_to_a_port_serves_one_run()
    {
        Mock<IFaultWindow> mine = new();
        mine.Setup(window => window.Plan(It.IsAny<Type1Container>(), It.IsAny<DmaMapping>(), It.IsAny<Iova>(), It.IsAny<IovaRange>(), It.IsAny<IommuProt>()))
            .Returns((Type1Container _, DmaMapping mapping, Iova page, IovaRange _, IommuProt _) => new IovaRange(page, mapping.Range.Last));

        RunResult result = ScenarioRun.Execute(new RunRequest(BuiltInScenarios.Get("first-fault"))
        {
            Services = services => services.Replace(ServiceDescriptor.Singleton(mine.Object)),
        });

        // The read maps all four pages, read-only; the write to the third makes two of them writable.
        Assert.Equal((2L, 6L), (result.Faults, result.MappedPages));
        mine.Verify(
            window => window.Plan(It.IsAny<Type1Container>(), It.IsAny<DmaMapping>(), It.IsAny<Iova>(), It.IsAny<IovaRange>(), It.IsAny<IommuProt>()), Times.AtLeastOnce);
    }

    [Fact]
    public void What_a_patch_changes_is_the_difference_of_two_runs()
    {
        RunResult with = ScenarioRun.Execute(new RunRequest(BuiltInScenarios.Get("premap-window")) { Patches = PatchSet.All });
        RunResult without = ScenarioRun.Execute(new RunRequest(BuiltInScenarios.Get("premap-window")) { Patches = PatchSet.All.Without(4) });

        Assert.True(without.Faults > with.Faults);
    }
}
