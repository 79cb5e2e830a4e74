namespace Iopf.Scenarios.Tests.Scenarios;

public class BuiltInScenariosTests
{
    public static TheoryData<string> Names => [.. ScenarioFile.BuiltIn.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_built_in_scenario_says_what_to_watch_and_bears_the_name_of_its_file(string name)
    {
        Scenario scenario = ScenarioFile.Load(name);

        Assert.Equal(name, scenario.Name);
        Assert.Contains("Watch", scenario.About, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_patch_has_a_scenario_that_shows_its_effect() =>
        Assert.Equal(Enumerable.Range(1, 8), ScenarioFile.BuiltIn.Select(scenario => scenario.Patch).OfType<int>().Order());

    [Fact]
    public void There_are_at_least_sixteen() => Assert.True(ScenarioFile.BuiltIn.Count >= 16);
}
