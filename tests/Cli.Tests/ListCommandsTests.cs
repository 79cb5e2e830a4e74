using System.Text.Json;
using Iopf.Cli.Tests.Fakes;

namespace Iopf.Cli.Tests;

public sealed class ListCommandsTests : IDisposable
{
    private readonly CliHarness _cli = new();

    [Fact]
    public void Patches_are_listed_with_subject_module_and_expectations()
    {
        CliOutcome outcome = _cli.Run("patches");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(8, outcome.OutputLines.Count(line => line.StartsWith("[RFC PATCH v3 ", StringComparison.Ordinal)));
        Assert.Contains("    option   Premap:Length = 512: an integer from 1 to 1048576", outcome.OutputLines);
        Assert.Contains("    module   NestedIopf, switched on by AddNestedIopf()", outcome.OutputLines);
    }

    [Fact]
    public void Patches_as_json_carry_numbers_and_defaults()
    {
        JsonElement premap = _cli.RunJson("patches", "--json").GetProperty("patches")[3];

        Assert.Equal(4, premap.GetProperty("number").GetInt32());
        Assert.Equal("Premap", premap.GetProperty("module").GetString());
        Assert.Equal("[2]", JsonSerializer.Serialize(premap.GetProperty("expects")));
        Assert.Equal(
            """[{"name":"Premap:Length","default":512,"minimum":1,"maximum":1048576},{"name":"Premap:Populate","default":"Any","values":["Any","Resident"]}]""",
            JsonSerializer.Serialize(premap.GetProperty("options")));
    }

    [Fact]
    public void Scenarios_are_listed_in_columns() =>
        Assert.Equal(
            [
                "scenario   patch  what it shows",
                "one-fault  2      One DMA faults and is served.",
                "other             Another.",
            ],
            _cli.Run("scenarios").OutputLines);

    [Fact]
    public void Schema_and_text_of_a_scenario_are_json()
    {
        Assert.Equal("object", _cli.RunJson("scenarios", "--schema").GetProperty("type").GetString());
        Assert.Equal("one-fault", _cli.RunJson("scenarios", "--show", "one-fault").GetProperty("name").GetString());
        Assert.Equal(2, _cli.RunJson("scenarios", "--json").GetProperty("scenarios").GetArrayLength());
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("patches --help")]
    [InlineData("run --help")]
    [InlineData("trace --help")]
    [InlineData("replay --help")]
    [InlineData("scenarios --help")]
    public void Help_describes_every_option_and_ends_with_0(string commandLine)
    {
        CliOutcome outcome = _cli.Run(commandLine.Split(' '));

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("Usage:\n  iopf ", outcome.Output, StringComparison.Ordinal);
        Assert.All(
            outcome.OutputLines.Where(line => line.StartsWith("  --", StringComparison.Ordinal)),
            line => Assert.Matches(@"^  --[a-z]+( <[^>]+>)?  +\S", line));
        Assert.DoesNotMatch(@"(?m)^  -[a-z?]", outcome.Output);
    }

    [Fact]
    public void Version_is_one_line()
    {
        CliOutcome outcome = _cli.Run("--version");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+", Assert.Single(outcome.OutputLines));
    }

    public void Dispose() => _cli.Dispose();
}
