using Iopf.Errata;
using Iopf.Exploring;
using Iopf.Kernel;
using Iopf.Patches;
using Iopf.Scenarios;

namespace Iopf.Tests.Exploring;

/// <summary>Schedules are searched: the posted races are found, and the corrected code has none.</summary>
public sealed class ExplorationTests
{
    [Theory]
    [InlineData(Erratum.E08)]
    [InlineData(Erratum.E25)]
    [InlineData(Erratum.E26)]
    [InlineData(Erratum.E32)]
    [InlineData(Erratum.E36)]
    [InlineData(Erratum.E41)]
    [InlineData(Erratum.E42)]
    [InlineData(Erratum.E43)]
    [InlineData(Erratum.E45)]
    [InlineData(Erratum.E56)]
    [InlineData(Erratum.E67)]
    public void Posted_race_is_found_without_a_schedule_and_the_shortened_one_shows_it(Erratum id)
    {
        RunRequest request = Request(id, Reproducers.All[id].Needs.With(id));

        Exploration found = Exploration.Of(request, new ExplorationOptions("pct:3", 400, Seed: 1), (_, findings, _) => findings == 0);

        Finding finding = found.Findings[0];
        Assert.True(finding.Schedule.Count <= finding.OriginalEntries);
        RunResult replayed = ScenarioRun.Execute(request with { Schedule = new WrittenSchedule(finding.Schedule) });
        Assert.Contains(replayed.Violations, violation => violation.Invariant == finding.Invariant);
    }

    [Theory]
    [InlineData(Erratum.E08)]
    [InlineData(Erratum.E25)]
    [InlineData(Erratum.E26)]
    [InlineData(Erratum.E32)]
    [InlineData(Erratum.E36)]
    [InlineData(Erratum.E40)]
    [InlineData(Erratum.E42)]
    [InlineData(Erratum.E43)]
    [InlineData(Erratum.E45)]
    [InlineData(Erratum.E56)]
    [InlineData(Erratum.E67)]
    [InlineData(Erratum.E76)]
    public void Corrected_code_has_no_finding(Erratum id)
    {
        foreach (string strategy in new[] { "random", "pct:3", "exhaustive" })
        {
            Exploration explored = Exploration.Of(Request(id, ErrataSet.None), new ExplorationOptions(strategy, 60, Seed: 1), (_, _, _) => true);

            Assert.Empty(explored.Findings);
        }
    }

    [Fact]
    public void Every_order_of_a_fault_and_a_munmap_is_tried_and_none_breaks_a_promise()
    {
        Exploration explored = Exploration.Of(Request(Erratum.E25, ErrataSet.None), new ExplorationOptions("exhaustive", 10_000, Seed: 0), (_, _, _) => true);

        Assert.True(explored.IsExhausted);
        Assert.Empty(explored.Findings);
        Assert.True(explored.Schedules > 10);
    }

    [Fact]
    public void Pages_that_a_fault_obtained_before_the_process_ends_are_not_entered_after()
    {
        string[] schedule = ["dev", "irq/smmu0-evtq@unlock param.lock", "iopf/nic0@lock iommu.pages_lock#2"];

        Assert.Empty(ScenarioRun.Execute(Request(Erratum.E36, ErrataSet.None) with { Schedule = new WrittenSchedule(schedule) }).Violations);
    }

    [Fact]
    public void Same_seed_finds_the_same()
    {
        RunRequest request = Request(Erratum.E41, ErrataSet.Of(Erratum.E41));

        Exploration first = Exploration.Of(request, new ExplorationOptions("random", 100, Seed: 7), (_, findings, _) => findings == 0);
        Exploration second = Exploration.Of(request, new ExplorationOptions("random", 100, Seed: 7), (_, findings, _) => findings == 0);

        Assert.Equal(first.Schedules, second.Schedules);
        Assert.Equal(first.Findings[0].Schedule, second.Findings[0].Schedule);
    }

    [Theory]
    [InlineData("fast")]
    [InlineData("random:1")]
    [InlineData("pct")]
    [InlineData("pct:0")]
    [InlineData("bounded:x")]
    [InlineData("")]
    public void Unknown_strategy_is_refused(string strategy) => Assert.EndsWith(
        ExplorationOptions.Form,
        Assert.Throws<InputException>(() => Exploration.Of(Request(Erratum.E25, ErrataSet.None), new ExplorationOptions(strategy, 1, 0), (_, _, _) => true)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Scenario_without_threads_is_refused() => Assert.Contains(
        "exactly one step \"parallel\"",
        Assert.Throws<InputException>(() => Exploration.Of(Request(Erratum.E14, ErrataSet.None), new ExplorationOptions("random", 1, 0), (_, _, _) => true)).Message,
        StringComparison.Ordinal);

    private static RunRequest Request(Erratum id, ErrataSet errata) =>
        new(Reproducers.All[id].Scenario, PatchSet.All, new Dictionary<string, string>(), Seed: 0, Trace: null) { Errata = errata };
}
