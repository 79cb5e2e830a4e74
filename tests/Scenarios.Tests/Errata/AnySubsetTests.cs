using Iopf.Errata;
using Iopf.Kernel;
using Iopf.Patches;

namespace Iopf.Scenarios.Tests.Errata;

/// <summary>Errata combine freely: any subset runs every scenario to an end, or to a crash or a deadlock of the modeled kernel that is reported.</summary>
public sealed class AnySubsetTests
{
    private const int SubsetsPerScenario = 12;

    public static TheoryData<string> Scenarios => [.. ScenarioFile.BuiltIn.Where(scenario => !scenario.HasWorkload).Select(scenario => scenario.Name)];

    public static TheoryData<Erratum> Errata => [.. Enum.GetValues<Erratum>()];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Subset_runs_a_scenario_to_a_reported_end(string name)
    {
        Scenario scenario = ScenarioFile.Load(name);
        Random lots = new(name.Length + 20210409);
        for (int i = 0; i < SubsetsPerScenario; i++)
        {
            AssertRuns(scenario, i == 0 ? ErrataSet.All : Draw(lots, i), lots.Next(0, 4) == 0 ? Some(lots) : PatchSet.All);
        }
    }

    [Theory]
    [MemberData(nameof(Errata))]
    public void Subset_runs_a_reproducer_to_a_reported_end(Erratum id)
    {
        Random lots = new((int)id);
        for (int i = 0; i < SubsetsPerScenario; i++)
        {
            AssertRuns(Reproducers.All[id].Scenario, i == 0 ? ErrataSet.All : Draw(lots, i).With(id), PatchSet.All);
        }
    }

    private static PatchSet Some(Random lots) =>
        PatchSet.Of([.. Enumerable.Range(1, PatchSet.Count).Where(_ => lots.Next(0, 2) == 0)]);

    /// <summary>From almost none to almost all: what one defect hides another shows.</summary>
    private static ErrataSet Draw(Random lots, int i)
    {
        double share = (i % 4) switch { 0 => 0.05, 1 => 0.2, 2 => 0.5, _ => 0.9 };
        ErrataSet errata = ErrataSet.None;
        foreach (Erratum erratum in Enum.GetValues<Erratum>())
        {
            errata = lots.NextDouble() < share ? errata.With(erratum) : errata;
        }

        return errata;
    }

    private static void AssertRuns(Scenario scenario, ErrataSet errata, PatchSet patches)
    {
        RunRequest request = new(scenario, patches, new Dictionary<string, string>(), Seed: 1, Trace: null) { Errata = errata };
        Exception? failure = Record.Exception(() => ScenarioRun.Execute(request));

        Assert.True(failure is null, $"--patches {patches} --errata {errata}: {failure}");
    }
}
