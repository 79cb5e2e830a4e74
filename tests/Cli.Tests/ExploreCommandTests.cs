using System.Text.Json;
using Iopf.Cli.Tests.Fakes;

namespace Iopf.Cli.Tests;

/// <summary>What explore, schedule and locks print; the searches themselves are tested beside the model.</summary>
public sealed class ExploreCommandTests : IDisposable
{
    private readonly CliHarness _cli = new() { Runner = new ModelScenarioRunner() };

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Corrected_scenario_is_exhausted_and_says_what_was_covered()
    {
        CliOutcome outcome = _cli.Run("explore", "register-nested-against-enable");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Matches(@"^register-nested-against-enable, patches all, strategy exhaustive: exhausted, \d+ schedules, 0 findings$", outcome.OutputLines[0]);
        Assert.Matches(@"^\d+ states, \d+ schedules left half-way because others show the same, 0 unfair; the longest has \d+ choices; ", outcome.OutputLines[1]);
    }

    [Fact]
    public void Defect_is_found_by_its_id_alone_and_told_with_threads_side_by_side()
    {
        CliOutcome outcome = _cli.Run("explore", "--find", "e43");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("E43 is found: the finding shown here is gone under the same schedule when only it is corrected", outcome.OutputLines);
        Assert.Single(outcome.OutputLines, static line => line.StartsWith("L2 (deadlock): ", StringComparison.Ordinal));
        Assert.Contains(outcome.OutputLines, static line => line.TrimStart().StartsWith("#  ", StringComparison.Ordinal) && line.Contains("irq/smmu0-evtq", StringComparison.Ordinal));
        Assert.Contains(outcome.OutputLines, static line => line.Contains("  STUCK: lock param.lock", StringComparison.Ordinal));
        Assert.Contains(outcome.OutputLines, static line => line.EndsWith("  STUCK: lock iommu.lock", StringComparison.Ordinal));
    }

    [Fact]
    public void Json_is_one_document_with_the_figures_of_the_search()
    {
        JsonElement found = _cli.RunJson("explore", "--find", "E41", "--json");

        Assert.True(found.GetProperty("found").GetBoolean());
        JsonElement finding = Assert.Single(found.GetProperty("findings").EnumerateArray());
        Assert.Equal("F3", finding.GetProperty("invariant").GetString());
        Assert.True(finding.GetProperty("context_switches").GetInt32() <= finding.GetProperty("original_switches").GetInt32());
        Assert.True(found.GetProperty("schedules").GetInt64() >= finding.GetProperty("found_at").GetInt64());
    }

    // Shortened until nothing is left of one thread but that it is there.
    [Theory]
    [InlineData("E10")]
    [InlineData("E24")]
    [InlineData("E28")]
    [InlineData("E29")]
    public void Saved_finding_that_needs_no_operation_of_a_thread_can_be_replayed(string id)
    {
        _cli.Run("explore", "--find", id, "--save", "found");
        string file = System.IO.Directory.GetFiles(Path.Combine(_cli.Directory, "found")).Order(StringComparer.Ordinal).Last();

        CliOutcome posted = _cli.Run("schedule", file);

        Assert.Equal((1, ""), (posted.ExitCode, posted.Error));
    }

    [Fact]
    public void Saved_finding_goes_wrong_again_as_posted_and_is_well_when_corrected()
    {
        _cli.Run("explore", "--find", "E45", "--save", "found");
        string file = Assert.Single(System.IO.Directory.GetFiles(Path.Combine(_cli.Directory, "found")));

        CliOutcome posted = _cli.Run("schedule", file);
        CliOutcome corrected = _cli.Run("schedule", file, "--errata", "none");

        Assert.Equal((1, 0), (posted.ExitCode, corrected.ExitCode));
        Assert.Contains(posted.OutputLines, static line => line.TrimStart().StartsWith("L2 at ", StringComparison.Ordinal));
        Assert.Contains("violations    none", corrected.OutputLines);
    }

    [Fact]
    public void Page_needs_nothing_else_and_has_table_sequence_and_locks()
    {
        CliOutcome outcome = _cli.Run("explore", "--find", "E25", "--html", "page.html");

        string page = File.ReadAllText(Path.Combine(_cli.Directory, "page.html"));
        Assert.Equal(1, outcome.ExitCode);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("src=", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("<td class=\"on\">lock mmap_lock</td>", page, StringComparison.Ordinal);
        Assert.Equal(2, page.Split("<svg ").Length - 1);
    }

    [Fact]
    public void Order_of_locks_has_no_cycle_corrected_and_one_as_posted()
    {
        CliOutcome corrected = _cli.Run("locks", "fault-against-munmap");
        CliOutcome posted = _cli.Run("locks", "fault-against-munmap", "--errata", "E25");

        Assert.Equal((0, 1), (corrected.ExitCode, posted.ExitCode));
        Assert.Equal("no cycle", corrected.OutputLines[0]);
        Assert.Contains(posted.OutputLines, static line => line.StartsWith("mmap_lock -> iommu.lock ", StringComparison.Ordinal) && line.EndsWith("ON A CYCLE", StringComparison.Ordinal));
    }

    [Fact]
    public void Names_in_a_schedule_that_no_thread_has_are_said()
    {
        string file = Path.Combine(_cli.Directory, "found", "fault-against-munmap-1.json");
        _cli.Run("explore", "--find", "E25", "--save", "found");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"iopf/nic0\"", "\"iopf/nic7\"", StringComparison.Ordinal));

        CliOutcome outcome = _cli.Run("schedule", file);

        Assert.Equal("no thread of this run is called iopf/nic7: those entries of the schedule are passed over", outcome.OutputLines[0]);
    }

    [Theory]
    [InlineData("dot", "digraph")]
    [InlineData("mermaid", "flowchart")]
    [InlineData("svg", "<svg ")]
    public void Order_of_locks_is_drawn(string format, string begin)
    {
        CliOutcome outcome = _cli.Run("locks", "fault-against-munmap", "--format", format);

        Assert.StartsWith(begin, outcome.Output, StringComparison.Ordinal);
        Assert.Contains("iommu.pages_lock", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("explore: argument SCENARIO is missing; see iopf explore --help", "explore")]
    [InlineData("--find: 'E99' is not a defect; expected an id from E01 to E78, such as E25", "explore", "--find", "E99")]
    [InlineData("--find E01: no built-in scenario with threads is about it; expected one of ", "explore", "--find", "E01")]
    [InlineData("--time-limit: '0' is not a number of seconds; expected an integer from 1", "explore", "fault-against-munmap", "--time-limit", "0")]
    [InlineData("--strategy: 'fast' is not a strategy; expected ", "explore", "fault-against-munmap", "--strategy", "fast")]
    [InlineData("--save: expected the name of a folder", "explore", "fault-against-munmap", "--save", "")]
    [InlineData("--save /dev/null: cannot be made: ", "explore", "fault-against-munmap", "--save", "/dev/null")]
    [InlineData("first-fault: a schedule is of a scenario with exactly one step \"parallel\" outside repeats", "schedule", "first-fault")]
    [InlineData("--format: 'png' is not a format; expected one of text, dot, svg, mermaid", "locks", "--format", "png")]
    public void What_cannot_be_explored_is_refused_in_one_line(string complaint, params string[] commandLine)
    {
        CliOutcome outcome = _cli.Run(commandLine);

        Assert.Equal((ExitCode.BadInput, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith($"iopf: {complaint}", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
    }
}
