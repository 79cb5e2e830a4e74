using Iopf.Patches;

namespace Iopf.Scenarios.Tests.Scenarios;

public class ScenarioRunTests
{
    // Those that measure memory run for the machine they are made for, not for a test; MemoryTests has them small.
    public static TheoryData<string> Names =>
        [.. ScenarioFile.BuiltIn.Where(scenario => !scenario.HasWorkload || scenario.Name == "cover-letter").Select(scenario => scenario.Name)];

    public static TheoryData<string> QuickNames =>
        [.. ScenarioFile.BuiltIn.Where(scenario => !scenario.HasWorkload).Select(scenario => scenario.Name)];

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
    [MemberData(nameof(QuickNames))]
    public void A_built_in_scenario_runs_without_any_patch(string name)
    {
        RunResult result = Run(name, PatchSet.None);

        Assert.Empty(result.Violations);
        Assert.NotEmpty(result.Operations);
    }

    [Theory]
    [MemberData(nameof(QuickNames))]
    public void A_built_in_scenario_keeps_every_promise_whichever_patch_is_missing(string name) =>
        Assert.All(PatchCatalog.All, patch => Assert.Empty(Run(name, PatchSet.All.Without(patch.Number)).Violations));

    [Fact]
    public void Without_patches_the_test_of_the_cover_letter_faults_only_with_shared_addressing()
    {
        RunResult result = RunText("""{"op":"workload","messages":[1]}""", PatchSet.None);

        Assert.Equal(["vfio-1mb 0", "vfio-10mb 0", "sva-1mb 512"], result.Rows.Select(row => $"{row.Config} {row.Faults}"));
    }

    [Fact]
    public void A_row_names_the_published_count_and_the_difference()
    {
        RunRow row = Assert.Single(RunText("""{"op":"workload","configs":["vfio-1mb"],"messages":[100]}""", PatchSet.All).Rows);

        Assert.Equal(("vfio-1mb", 1, 100, 1058, 1035), (row.Config, row.Premap, row.Messages, row.PublishedFaults, row.Faults));
        Assert.StartsWith("-23: ", row.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void A_repeated_step_is_reported_once_per_round() =>
        Assert.Equal(3, RunText("""{"op":"repeat","n":3,"steps":[{"op":"wait","nanoseconds":5}]}""", PatchSet.None).Operations.Count);

    [Fact]
    public void Waiting_lets_virtual_time_pass() =>
        Assert.Equal(15, RunText("""{"op":"repeat","n":3,"steps":[{"op":"wait","nanoseconds":5}]}""", PatchSet.None).VirtualNanoseconds);

    [Fact]
    public void An_unmet_expectation_is_a_mismatch_and_not_the_end_of_the_run()
    {
        RunResult result = RunText("""{"op":"munmap","addr":0,"size":4096,"expect":"EBUSY"},{"op":"wait"}""", PatchSet.None);

        Assert.False(result.Operations[0].Matched);
        Assert.Equal("EBUSY", result.Operations[0].Expected);
        Assert.Equal(2, result.Operations.Count);
    }

    [Fact]
    public void A_process_that_ended_answers_ESRCH()
    {
        RunResult result = RunText("""{"op":"exit"},{"op":"mmap","addr":0,"size":4096},{"op":"exit"}""", PatchSet.None);

        Assert.Equal(["0", "ESRCH", "ESRCH"], result.Operations.Select(operation => operation.Result));
    }

    [Fact]
    public void An_operation_of_a_patch_that_is_off_answers_with_the_kernels_own_error()
    {
        RunResult result = RunText(
            """{"op":"open_container"},{"op":"open_group","group":1},{"op":"set_container","group":1},"""
            + """{"op":"set_iommu"},{"op":"enable_iopf"}""",
            PatchSet.None);

        Assert.Equal("ENOTTY", result.Operations[^1].Result);
    }

    [Fact]
    public void Groups_and_devices_that_are_not_open_answer_EBADF()
    {
        RunResult result = RunText(
            """{"op":"set_container","group":1},{"op":"close_group","group":1},{"op":"open_device"},{"op":"close_device"}""",
            PatchSet.None,
            "container");

        Assert.Equal(["EBADF", "EBADF", "EBADF", "EBADF"], result.Operations.Skip(1).Select(operation => operation.Result));
    }

    [Fact]
    public void Looking_at_a_stalled_dma_where_there_is_none_answers_ENOENT() =>
        Assert.Equal("ENOENT", RunText("""{"op":"dma_result"}""", PatchSet.None).Operations[0].Result);

    [Fact]
    public void A_dma_of_a_device_whose_domain_maps_nothing_is_aborted_with_its_event()
    {
        RunOperation dma = RunText("""{"op":"dma","iova":"0x7123"}""", PatchSet.None).Operations[0];

        Assert.Equal("aborted", dma.Result);
        Assert.Contains(new("event", "F_TRANSLATION"), dma.Details);
    }

    [Fact]
    public void The_trace_hears_of_every_step_of_the_user()
    {
        List<string> functions = [];
        Scenario scenario = ScenarioFile.Parse("f", TextOf("""{"op":"mmap","addr":0,"size":4096}"""));
        ScenarioRun.Execute(new RunRequest(
            scenario, PatchSet.None, new Dictionary<string, string>(), Seed: 0, traceEvent => functions.Add(traceEvent.Function)));

        Assert.Contains("mmap", functions);
    }

    private static string TextOf(string steps) =>
        $$"""{"name":"a","about":"","machine":{"devices":[{"name":"nic0","stream_id":16,"group":1}]},"steps":[{{steps}}]}""";

    private static RunResult RunText(string steps, PatchSet patches, string? container = null)
    {
        string opened = container is null ? steps : $$"""{"op":"open_container","container":"{{container}}"},{{steps}}""";
        return ScenarioRun.Execute(new RunRequest(
            ScenarioFile.Parse("f", TextOf(opened)), patches, new Dictionary<string, string>(), Seed: 0, Trace: null));
    }

    private static RunResult Run(string name, PatchSet patches) =>
        ScenarioRun.Execute(new RunRequest(ScenarioFile.Load(name), patches, new Dictionary<string, string>(), Seed: 0, Trace: null));

    private static string Describe(RunOperation operation) =>
        $"{operation.Index} {operation.Text}: {operation.Result} "
        + string.Join(' ', operation.Details.Select(detail => $"{detail.Key}={detail.Value}"))
        + $" (expected {operation.Expected})";
}
