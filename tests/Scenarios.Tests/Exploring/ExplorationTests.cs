using Iopf.Exploring;
using Iopf.Kernel;
using Iopf.Patches;
using Iopf.Schedulers;

namespace Iopf.Scenarios.Tests.Exploring;

/// <summary>Schedules are searched: the posted races are found, and the corrected code has none.</summary>
public sealed class ExplorationTests
{
    public static TheoryData<string> Concurrent => [.. All.Select(static scenario => scenario.Name)];

    public static TheoryData<string> Races => [.. AllRaces.Except(LongRaces).Select(static id => id.ToString())];

    private static readonly Erratum[] LongRaces = [Erratum.E23, Erratum.E26];

    private static IEnumerable<Erratum> AllRaces => All.SelectMany(static scenario => scenario.Concerns.Members).Distinct().Order();

    private static IEnumerable<Scenario> All =>
        ScenarioFile.BuiltIn.Select(static info => ScenarioFile.Load(info.Name)).Where(static scenario => scenario.Steps.Any(static step => step.Threads.Count > 0));

    [Fact]
    public void There_are_at_least_twenty_scenarios_with_threads() => Assert.True(All.Count() >= 20);

    [Theory]
    [MemberData(nameof(Concurrent))]
    public void Corrected_code_has_no_finding(string name) => AssertNothingIsFound(name, schedules: 8);

    [Theory]
    [Trait("Suite", "Slow")]
    [MemberData(nameof(Concurrent))]
    public void Corrected_code_has_no_finding_in_more_schedules(string name) => AssertNothingIsFound(name, schedules: 40);

    [Theory]
    [MemberData(nameof(Races))]
    public void Posted_race_is_found_without_a_schedule_and_the_minimised_one_shows_it_only_as_posted(string name) => AssertRaceIsFound(Enum.Parse<Erratum>(name));

    [Fact]
    [Trait("Suite", "Slow")]
    public void Posted_race_that_takes_long_is_found_as_well() => Assert.All(LongRaces, AssertRaceIsFound);

    private static void AssertNothingIsFound(string name, int schedules)
    {
        foreach (string strategy in new[] { "random", "pct:3", "exhaustive" })
        {
            Exploration explored = Exploration.Of(Request(name, ErrataSet.None), new ExplorationOptions(strategy, schedules, Seed: 1), static _ => true);

            Assert.Empty(explored.Findings.Select(static finding => $"{finding.Invariant} {finding.Detail} {string.Join(", ", finding.Schedule)}"));
        }
    }

    private static void AssertRaceIsFound(Erratum id)
    {
        RunRequest request = Request(RaceHunt.ScenarioOf(id).Name, RaceHunt.ErrataFor(id));
        Hunt hunt = new(request, id);

        Exploration.Of(request, new ExplorationOptions("pct:3", 3000, Seed: 0), progress => hunt.GoesOn(in progress));

        Assert.NotNull(hunt.Found);
        Assert.True(hunt.Found.Operations <= request.Scenario.Steps.Sum(static step => step.Threads.Sum(static thread => thread.Value.Count)));
        Assert.True(hunt.Found.Switches <= hunt.Found.OriginalSwitches + request.Scenario.Steps.Sum(static step => step.Threads.Count));
    }

    [Theory]
    [InlineData(Erratum.E08)]
    [InlineData(Erratum.E25)]
    [InlineData(Erratum.E36)]
    [InlineData(Erratum.E40)]
    [InlineData(Erratum.E41)]
    [InlineData(Erratum.E43)]
    [InlineData(Erratum.E45)]
    [InlineData(Erratum.E67)]
    [InlineData(Erratum.E73)]
    [InlineData(Erratum.E76)]
    public void Schedule_that_the_review_follows_is_the_one_that_exploring_finds(Erratum id)
    {
        Scenario scenario = Iopf.Errata.Reproducers.All[id].Scenario;
        string[] stored = [.. scenario.Steps.Single(static step => step.Threads.Count > 0).Words("schedule")];
        RunRequest request = new(scenario, PatchSet.All, new Dictionary<string, string>(), Seed: 0, Trace: null) { Errata = RaceHunt.ErrataFor(id) };
        Hunt hunt = new(request, id);

        Exploration.Of(request, new ExplorationOptions("pct:3", 3000, Seed: 0), progress => hunt.GoesOn(in progress));

        Assert.Equal(stored, hunt.Found?.Schedule);
    }

    [Theory]
    [InlineData("E25")]
    [InlineData("E32")]
    [InlineData("E43")]
    [InlineData("E45")]
    public void Hunt_for_a_wrong_order_of_locks_goes_on_until_somebody_is_stuck(string name)
    {
        Erratum id = Enum.Parse<Erratum>(name);
        RunRequest request = Request(RaceHunt.ScenarioOf(id).Name, RaceHunt.ErrataFor(id));
        Hunt hunt = new(request, id);

        Exploration.Of(request, new ExplorationOptions("pct:3", 3000, Seed: 0), progress => hunt.GoesOn(in progress));

        Assert.Equal(("L2", "deadlock"), (hunt.Found?.Invariant, hunt.Found?.Kind));
    }

    [Theory]
    [InlineData("random")]
    [InlineData("pct:3")]
    public void Schedules_that_run_side_by_side_come_to_the_same_as_one_after_another(string strategy)
    {
        RunRequest request = Request("fault-against-munmap", ErrataSet.Of(Erratum.E25));
        ExplorationOptions options = new(strategy, 150, Seed: 3);

        Exploration alone = Exploration.Of(request, options, static _ => true);
        Exploration together = Exploration.Of(request, options, static _ => true, static (count, work) => System.Threading.Tasks.Parallel.For(0, count, work));
        Exploration backwards = Exploration.Of(request, options, static _ => true, static (count, work) =>
        {
            while (count > 0)
            {
                work(--count);
            }
        });

        Assert.NotEmpty(alone.Findings);
        Assert.All([together, backwards], other => Assert.Equal(Summary(alone), Summary(other)));

        static string Summary(Exploration it) => string.Join(
            "; ", [.. it.Findings.Select(static finding => $"{finding.FoundAt} {finding.Detail} {string.Join(',', finding.Schedule)}"), $"{it.Schedules} {it.States} {it.LongestRun}", .. it.Locks.Edges.Select(static edge => $"{edge}")]);
    }

    [Fact]
    public void What_is_not_begun_in_time_ends_an_exploration_and_what_was_run_before_counts()
    {
        RunRequest request = Request("fault-against-munmap", ErrataSet.None);
        int begun = 0;

        Exploration explored = Exploration.Of(request, new ExplorationOptions("random", 1000, Seed: 3), static _ => true, (count, work) =>
        {
            for (int number = 0; number < count && begun < 50; number++, begun++)
            {
                work(number);
            }
        });

        Assert.Equal((50, false), (explored.Schedules, explored.IsExhausted));
    }

    [Fact]
    public void An_order_of_locks_in_which_nobody_can_be_stuck_is_a_finding_all_the_same()
    {
        Exploration explored = Exploration.Of(
            new RunRequest(Iopf.Errata.Reproducers.All[Erratum.E26].Scenario, PatchSet.All, new Dictionary<string, string>(), Seed: 0, Trace: null) { Errata = ErrataSet.Of(Erratum.E26) },
            new ExplorationOptions("exhaustive", 5000, Seed: 0),
            static _ => true);

        Assert.True(explored.IsExhausted);
        Assert.NotEmpty(explored.Findings);
        Assert.All(explored.Findings, static finding => Assert.Equal(("L2", "violation"), (finding.Invariant, finding.Kind)));
    }

    [Theory]
    [InlineData("E08,E10,E11,E19,E20,E23,E24,E25,E26,E28,E29,E32,E36,E40,E41,E42,E43,E45,E52,E56,E67,E73,E75,E76")]
    public void Every_race_among_the_errata_has_a_scenario(string races) => Assert.All(
        ErrataSpec.Parse(races).Members, static id => Assert.Contains(All, scenario => scenario.Concerns.Contains(id)));

    [Fact]
    public void Every_order_of_a_fault_and_a_munmap_is_tried_and_none_breaks_a_promise()
    {
        Exploration explored = Exploration.Of(Request("fault-against-munmap", ErrataSet.None), new ExplorationOptions("exhaustive", 10_000, Seed: 0), static _ => true);

        Assert.True(explored.IsExhausted);
        Assert.Empty(explored.Findings);
        Assert.True(explored.Schedules > 10);
        Assert.True(explored.States > explored.Schedules);
    }

    [Theory]
    [InlineData("enable-against-munmap", "E25,E45")]
    [InlineData("register-nested-against-enable", "E73")]
    public void What_at_most_two_preemptions_show_the_reduction_shows_too(string name, string errata) => AssertReductionShowsTheSame(name, errata);

    [Theory]
    [Trait("Suite", "Slow")]
    [InlineData("fault-against-munmap", "E25")]
    [InlineData("hot-plug-against-enable", "E52")]
    public void What_at_most_two_preemptions_show_the_reduction_shows_too_where_it_takes_long(string name, string errata) => AssertReductionShowsTheSame(name, errata);

    private static void AssertReductionShowsTheSame(string name, string errata)
    {
        RunRequest request = Request(name, ErrataSpec.Parse(errata));

        Exploration bounded = Exploration.Of(request, new ExplorationOptions("bounded:2", 3000, Seed: 0), static _ => true);
        Exploration reduced = Exploration.Of(request, new ExplorationOptions("exhaustive", 3000, Seed: 0), static _ => true);

        Assert.True(reduced.IsExhausted);
        Assert.Empty(bounded.Findings.Select(static finding => finding.Signature).Except(reduced.Findings.Select(static finding => finding.Signature)));
    }

    [Fact]
    public void Pages_that_a_fault_obtained_before_the_process_ends_are_not_entered_after()
    {
        string[] schedule = ["dev", "irq/smmu0-evtq@unlock param.lock", "iopf/nic0@lock iommu.pages_lock#2"];

        Assert.Empty(ScenarioRun.Execute(Request("window-against-exit", ErrataSet.None) with { Schedule = new WrittenSchedule(schedule) }).Violations);
    }

    [Fact]
    public void A_page_that_goes_while_a_domain_joins_does_not_stay_in_the_new_domain()
    {
        string[] schedule = ["vmm@lock iommu.pages_lock#2", "mm"];

        Assert.Empty(ScenarioRun.Execute(Request("second-domain-against-munmap", ErrataSet.None) with { Schedule = new WrittenSchedule(schedule) }).Violations);
    }

    [Theory]
    [InlineData("bus@lock param.lock", "vmm")]
    [InlineData("vmm@lock param.lock#2", "bus")]
    public void ENABLE_IOPF_and_a_bus_driver_that_registers_do_not_refuse_each_other(params string[] schedule)
    {
        RunResult run = ScenarioRun.Execute(Request("register-nested-against-enable", ErrataSet.None) with { Schedule = new WrittenSchedule(schedule) });

        Assert.All(run.Operations, static operation => Assert.True(operation.Matched, operation.Text));
    }

    [Fact]
    public void A_vaddr_given_back_between_a_refusal_and_its_answer_is_not_held_against_the_answer()
    {
        string[] schedule = ["dev", "irq/smmu0-evtq@unlock param.lock", "iopf/nic0@iommu_page_response"];

        Assert.Empty(ScenarioRun.Execute(Request("selective-pin-against-fault", ErrataSet.None) with { Schedule = new WrittenSchedule(schedule) }).Violations);
    }

    [Fact]
    public void An_unmap_after_the_page_is_entered_and_before_the_answer_is_not_held_against_the_answer()
    {
        string[] schedule = ["dev", "irq/smmu0-evtq@unlock param.lock", "iopf/nic0@iommu_page_response"];

        Assert.Empty(ScenarioRun.Execute(Request("fault-against-same-page-munmap", ErrataSet.None) with { Schedule = new WrittenSchedule(schedule) }).Violations);
    }

    [Fact]
    public void Same_seed_finds_the_same()
    {
        RunRequest request = Request("fault-against-detach", ErrataSet.Of(Erratum.E41));

        Exploration first = Exploration.Of(request, new ExplorationOptions("random", 200, Seed: 7), static progress => progress.Findings.Count == 0);
        Exploration second = Exploration.Of(request, new ExplorationOptions("random", 200, Seed: 7), static progress => progress.Findings.Count == 0);

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
        Assert.Throws<InputException>(() => Exploration.Of(Request("fault-against-munmap", ErrataSet.None), new ExplorationOptions(strategy, 1, 0), static _ => true)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void More_threads_than_can_be_told_apart_are_refused()
    {
        string threads = string.Join(',', Enumerable.Range(0, 65).Select(static number => $$"""  "t{{number}}": [{"op": "wait"}]"""));
        RunRequest request = Request("fault-against-munmap", ErrataSet.None) with { Scenario = Parallel(threads) };

        Assert.EndsWith(
            "at most 60 threads, devices, SMMUs and processes together can be explored, and there are 68",
            Assert.Throws<InputException>(() => Exploration.Of(request, new ExplorationOptions("random", 1, 0), static _ => true)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Many_operations_that_end_are_no_livelock()
    {
        Scenario scenario = Parallel("""  "t": [{"op": "mmap", "addr": "0x10000000", "size": "0x1000"}, {"op": "repeat", "n": 3000, "steps": [{"op": "cpu_write", "addr": "0x10000000", "data": "aa"}]}]""");

        Assert.Equal(3001, scenario.OperationsOfThreads);
        Assert.Empty(ScheduledRun.Of(Request("fault-against-munmap", ErrataSet.None) with { Scenario = scenario }).Result.Violations);
    }

    [Fact]
    public void Scenario_without_threads_is_refused() => Assert.Contains(
        "exactly one step \"parallel\"",
        Assert.Throws<InputException>(() => Exploration.Of(Request("first-fault", ErrataSet.None), new ExplorationOptions("random", 1, 0), static _ => true)).Message,
        StringComparison.Ordinal);

    private static Scenario Parallel(string threads) => ScenarioFile.Parse(
        "threads",
        $$$"""
        {
          "name": "threads", "about": "Made up.",
          "machine": {"devices": [{"name": "nic0", "stream_id": "0x10", "group": 1}], "processes": [{"name": "vmm"}]},
          "steps": [{"op": "parallel", "threads": { {{{threads}}} }}]
        }
        """);

    private static RunRequest Request(string scenario, ErrataSet errata) =>
        new(ScenarioFile.Load(scenario), PatchSet.All, new Dictionary<string, string>(), Seed: 0, Trace: null) { Errata = errata };
}
