using System.Text.Json;
using Iopf.Cli.Tests.Fakes;

namespace Iopf.Cli.Tests;

/// <summary><c>iopf table</c>, run once for all tests: as JSON, with a page.</summary>
public sealed class TableCommandTests : IDisposable
{
    private static readonly Lazy<(CliOutcome Outcome, string Page)> Run = new(() =>
    {
        using CliHarness cli = new();
        CliOutcome outcome = cli.Run("table", "--json", "--where-time-goes", "--html", "table.html");
        return (outcome, File.ReadAllText(Path.Combine(cli.Directory, "table.html")));
    });

    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Table_as_json_has_the_rows_the_parameters_and_where_the_time_went()
    {
        using JsonDocument document = JsonDocument.Parse(Run.Value.Outcome.Output);
        JsonElement row = document.RootElement.GetProperty("rows")[1];

        Assert.Equal((0, ""), (Run.Value.Outcome.ExitCode, Run.Value.Outcome.Error));
        Assert.Equal(11, document.RootElement.GetProperty("rows").GetArrayLength());
        Assert.Equal(
            ["config", "premap", "messages", "published_faults", "faults", "published_slowdown", "slowdown", "difference", "note"],
            row.EnumerateObject().Select(member => member.Name).Take(9));
        Assert.Equal((1058, 1035), (row.GetProperty("published_faults").GetInt32(), row.GetProperty("faults").GetInt32()));
        Assert.Equal(
            ["name", "value", "unit", "status", "source"],
            document.RootElement.GetProperty("parameters")[0].EnumerateObject().Select(member => member.Name));
        JsonElement time = row.GetProperty("time");
        Assert.Equal(time.GetProperty("stall_ns").GetInt64(), time.GetProperty("stages_ns").EnumerateObject().Sum(stage => stage.Value.GetInt64()));
        Assert.Equal(10, document.RootElement.GetProperty("together").GetArrayLength());
    }

    [Fact]
    public void Page_needs_nothing_else_and_has_two_pictures()
    {
        string page = Run.Value.Page;

        Assert.Equal(2, page.Split("<svg ").Length - 1);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("src=", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("prefers-color-scheme:dark", page, StringComparison.Ordinal);
        Assert.Contains("<td>sva-1mb</td>", page, StringComparison.Ordinal);
        Assert.Contains("2 devices, 1 container, 2 SMMUs", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Cost:Engines=0", "--set: '0' is not a value of Cost:Engines; expected an integer from 1 to 30")]
    [InlineData("Cost:Handler=1", "--set: there is no option 'Cost:Handler'; expected one of ")]
    public void Costs_out_of_range_are_refused_before_anything_runs(string setting, string complaint)
    {
        CliOutcome outcome = _cli.Run("table", "--set", setting, "--html", "page.html");

        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith($"iopf: {complaint}", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_cli.Directory, "page.html")));
    }
}
