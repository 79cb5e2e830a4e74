using System.Text.Json;
using Iopf.Cli.Tests.Fakes;

namespace Iopf.Cli.Tests;

public sealed class ReviewCommandTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Review_has_a_line_for_each_defect_and_totals()
    {
        CliOutcome outcome = _cli.Run("review", "E14", "e62");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains(outcome.OutputLines, line => line.StartsWith("E14  2      S3   Every fault is served for write", StringComparison.Ordinal)
            && line.Contains("reproduced  gone", StringComparison.Ordinal)
            && line.EndsWith("shows access rw instead of r", StringComparison.Ordinal));
        Assert.Contains("patch 7   1        1           1", outcome.OutputLines);
        Assert.Contains("2 of 2 reproduced, 2 of 2 gone when corrected", outcome.OutputLines);
    }

    [Fact]
    public void Review_of_everything_is_json()
    {
        JsonElement review = _cli.RunJson("review", "--json");

        Assert.Equal((78, 78), (review.GetProperty("reproduced").GetInt32(), review.GetProperty("total").GetInt32()));
        JsonElement last = review.GetProperty("errata")[77];
        Assert.Equal(["id", "patch", "severity", "title", "posted", "corrected", "observed", "invariant"], last.EnumerateObject().Select(member => member.Name).Take(8));
        Assert.Equal(("E78", "reproduced", "gone"), (last.GetProperty("id").GetString(), last.GetProperty("posted").GetString(), last.GetProperty("corrected").GetString()));
    }

    [Fact]
    public void Page_needs_nothing_else_and_shows_the_failing_run()
    {
        CliOutcome outcome = _cli.Run("review", "E25", "E41", "--html", "page.html");

        string page = File.ReadAllText(Path.Combine(_cli.Directory, "page.html"));
        Assert.Equal(0, outcome.ExitCode);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("src=", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("patches-map.md#e25", page, StringComparison.Ordinal);
        Assert.Contains("The runs part at step", page, StringComparison.Ordinal);
        Assert.Equal(2, page.Split("<svg ").Length - 1);
    }

    [Fact]
    public void Errata_are_listed_and_shown_in_full()
    {
        CliOutcome list = _cli.Run("errata");
        CliOutcome one = _cli.Run("errata", "E21");

        Assert.Equal(78, list.OutputLines.Count(line => line.StartsWith('E')));
        Assert.Contains("function      vfio_unmap_partial_iopf", one.OutputLines);
        Assert.Contains("our file      src/VfioType1/AsPosted/PostedPageRemover.cs", one.OutputLines);
        Assert.Equal(78, _cli.RunJson("errata", "--json").GetProperty("errata").GetArrayLength());
    }

    [Theory]
    [InlineData("review", "E00")]
    [InlineData("review", "21")]
    [InlineData("errata", "E79")]
    [InlineData("errata", "all")]
    public void What_is_no_id_is_refused(string command, string id)
    {
        CliOutcome outcome = _cli.Run(command, id);

        Assert.Equal((ExitCode.BadInput, ""), (outcome.ExitCode, outcome.Output));
        Assert.Equal($"iopf: ID: '{id}' is not the id of an erratum; expected one from E01 to E78", Assert.Single(outcome.ErrorLines));
    }

    [Fact]
    public void Page_that_cannot_be_written_is_refused() =>
        Assert.Equal(ExitCode.BadInput, _cli.Run("review", "E14", "--html", "no/such/folder/page.html").ExitCode);
}
