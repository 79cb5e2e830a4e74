using System.Text.Json;
using Iopf.Cli.Tests.Fakes;
using Iopf.Kernel;
using Iopf.Patches;

namespace Iopf.Cli.Tests;

public sealed class CompareCommandTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public CompareCommandTests() => _cli.Scenarios.Answer = request =>
    {
        PatchSet patches = request.Patches!.Value;
        request.Trace?.Invoke(Step(0, "vfio_dma_do_map", "size 0x1000"));
        request.Trace?.Invoke(Step(1, patches.Contains(6) ? "iommu_map" : "pin_user_pages_remote", "1 page <first>"));
        return SampleRuns.Clean with { Patches = patches, PinnedPages = patches.Contains(6) ? 0 : 1 };
    };

    [Fact]
    public void Differences_the_parting_and_the_patch_that_makes_it_are_shown()
    {
        CliOutcome outcome = _cli.Run("compare", "one-fault", "--left", "1-5", "--right", "1-7");

        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("one-fault: patches 1-5 (left) against patches 1-7 (right)", outcome.OutputLines);
        Assert.Contains(outcome.OutputLines, line => line.StartsWith("pages pinned at the end  1", StringComparison.Ordinal));
        Assert.Contains("the traces part at step 1, in operation 1 dma:", outcome.OutputLines);
        Assert.Contains(outcome.OutputLines, line => line.StartsWith("> pin_user_pages_remote: 1 page <first>", StringComparison.Ordinal)
            && line.EndsWith("| iommu_map: 1 page <first>", StringComparison.Ordinal));
        Assert.Contains("made by patch 6, vfio/type1: No need to statically pin and map if IOPF enabled", outcome.OutputLines);
        Assert.All(outcome.OutputLines, line => Assert.InRange(line.Length, 0, 120));
    }

    [Fact]
    public void Same_runs_end_with_0()
    {
        CliOutcome outcome = _cli.Run("compare", "one-fault", "--left", "1-5", "--right", "1-4");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("nothing differs: 2 operations, 2 steps", outcome.OutputLines);
    }

    [Fact]
    public void Without_sets_the_kernel_before_is_held_against_the_whole_series()
    {
        CliOutcome outcome = _cli.Run("compare", "one-fault");

        Assert.Equal("one-fault: patches none (left) against patches all (right)", outcome.OutputLines[0]);
    }

    [Fact]
    public void Each_adds_the_patches_one_by_one()
    {
        CliOutcome outcome = _cli.Run("compare", "one-fault", "--each");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("+6  vfio/type1: No need to statically pin and map if IOPF enabled", outcome.OutputLines);
        Assert.Contains("    pages pinned at the end: 1 -> 0", outcome.OutputLines);
        Assert.Contains(outcome.OutputLines, line => line.StartsWith("    nothing changes yet: the patch has a handler that nobody registers", StringComparison.Ordinal));
    }

    [Fact]
    public void Json_says_the_same_in_fields()
    {
        JsonElement both = _cli.RunJson("compare", "one-fault", "--json");
        JsonElement each = _cli.RunJson("compare", "one-fault", "--each", "--json");

        Assert.False(both.GetProperty("same").GetBoolean());
        Assert.Equal(1, both.GetProperty("divergence").GetProperty("step").GetInt32());
        Assert.Equal(6, both.GetProperty("divergence").GetProperty("made_by")[0].GetProperty("patch").GetInt32());
        Assert.Equal(9, each.GetProperty("each").GetArrayLength());
    }

    [Fact]
    public void Page_is_one_file_that_loads_nothing_and_shows_both_traces()
    {
        CliOutcome outcome = _cli.Run("compare", "one-fault", "--html", "page.html");

        string page = File.ReadAllText(Path.Combine(_cli.Directory, "page.html"));
        Assert.Equal(1, outcome.ExitCode);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("src=", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("href=", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("iommu_map: 1 page &lt;first&gt;", page, StringComparison.Ordinal);
        Assert.Contains("made by patch 6", page, StringComparison.Ordinal);
        Assert.Equal(2, page.Split("<svg ").Length - 1);
    }

    [Theory]
    [InlineData("--left", "9", "--left: ")]
    [InlineData("--right", "x", "--right: ")]
    [InlineData("--errata-left", "E99", "--errata-left: errata spec 'E99'")]
    [InlineData("--html", "/dev/null", "--html /dev/null: expected a file, found a device")]
    public void Bad_input_is_one_line(string option, string value, string complaint)
    {
        CliOutcome outcome = _cli.Run("compare", "one-fault", option, value);

        Assert.Equal((ExitCode.BadInput, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(complaint, Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_takes_no_sets()
    {
        CliOutcome outcome = _cli.Run("compare", "one-fault", "--each", "--left", "1");

        Assert.Equal(ExitCode.BadInput, outcome.ExitCode);
    }

    public void Dispose() => _cli.Dispose();

    private static TraceEvent Step(long index, string function, string text) =>
        new(index, index * 1000, "vmm", TraceLayer.Type1, function, "", null, default, text);
}
