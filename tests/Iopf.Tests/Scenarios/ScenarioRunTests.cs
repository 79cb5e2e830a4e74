using Iopf.Patches;
using Iopf.Scenarios;

namespace Iopf.Tests.Scenarios;

public class ScenarioRunTests
{
    public static TheoryData<string> Names => [.. ScenarioFile.BuiltIn.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_built_in_scenario_meets_its_expectations_with_all_patches(string name)
    {
        RunResult result = Run(name, PatchSet.All);

        string differences = string.Join('\n', result.Operations.Where(operation => !operation.Matched).Select(Describe));
        Assert.True(differences.Length == 0, $"\n{differences}");
        Assert.Empty(result.Violations);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_built_in_scenario_runs_without_any_patch(string name)
    {
        RunResult result = Run(name, PatchSet.None);

        Assert.Empty(result.Violations);
        Assert.NotEmpty(result.Operations);
    }

    private static RunResult Run(string name, PatchSet patches) =>
        ScenarioRun.Execute(new RunRequest(ScenarioFile.Load(name), patches, new Dictionary<string, string>(), Seed: 0, Trace: null));

    private static string Describe(RunOperation operation) =>
        $"{operation.Index} {operation.Text}: {operation.Result} {string.Join(' ', operation.Details.Select(detail => $"{detail.Key}={detail.Value}"))}"
        + $" (expected {operation.Expected})";
}
