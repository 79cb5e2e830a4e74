namespace Iopf.Scenarios.Tests.Scenarios;

/// <summary>Files and ioctls of VFIO as the steps of a scenario.</summary>
public sealed class VfioStepsTests
{
    [Theory]
    [InlineData("""{"op":"unset_container","group":1}""", "EBADF")]
    [InlineData("""{"op":"get_status","group":1}""", "EBADF")]
    [InlineData("""{"op":"close_group","group":1}""", "EBADF")]
    [InlineData("""{"op":"open_group","group":1}""", "0")]
    public void A_group_that_is_not_open_is_EBADF(string step, string expected) => Assert.Equal([expected], StepRun.Last(1, step));

    [Fact]
    public void A_group_is_opened_once() =>
        Assert.Equal(["0", "EBUSY", "0", "0"], StepRun.Last(4,
            """{"op":"open_group","group":1},{"op":"open_group","group":1},{"op":"close_group","group":1},{"op":"open_group","group":1}"""));

    [Fact]
    public void The_status_of_a_group_says_whether_it_is_in_a_container()
    {
        IReadOnlyList<RunOperation> steps = StepRun.Of(
            """
            {"op":"open_container"},{"op":"open_group","group":1},{"op":"get_status","group":1},{"op":"set_container","group":1},
            {"op":"get_status","group":1},{"op":"unset_container","group":1},{"op":"get_status","group":1}
            """).Operations;

        Assert.Equal(
            ["true false", "true true", "true false"],
            steps.Where(step => step.Op == "get_status")
                .Select(step => $"{StepRun.Detail(step, "viable")} {StepRun.Detail(step, "container_set")}"));
    }

    [Fact]
    public void A_group_whose_device_has_a_driver_of_the_host_is_not_viable()
    {
        RunOperation status = StepRun.Of(
            """{"op":"open_group","group":1},{"op":"get_status","group":1}""",
            machine: """{"devices":[{"name":"nic0","stream_id":16,"group":1},{"name":"nic1","stream_id":17,"group":1,"driver":"host"}]}""").Operations[^1];

        Assert.Equal(("0", "false"), (status.Result, StepRun.Detail(status, "viable")));
    }

    [Fact]
    public void A_container_without_backend_has_no_information_to_give() =>
        Assert.Equal(["EINVAL"], StepRun.Last(1, """{"op":"open_container"},{"op":"get_info"}"""));

    [Fact]
    public void The_information_of_a_container_names_its_page_sizes()
    {
        RunOperation info = StepRun.Of(StepRun.OpenDevice + """{"op":"get_info"}""").Operations[^1];

        Assert.Equal(("0", "0x40201000", "true"), (info.Result, StepRun.Detail(info, "page_sizes"), StepRun.Detail(info, "capabilities")));
    }

    [Theory]
    [InlineData(1, "1")]
    [InlineData(3, "1")]
    [InlineData(6, "1")]
    [InlineData(77, "0")]
    public void An_extension_is_there_or_not(uint extension, string expected) =>
        Assert.Equal([expected], StepRun.Last(1, $$"""{"op":"open_container"},{"op":"check_extension","extension":{{extension}}}"""));

    [Theory]
    [InlineData("type1")]
    [InlineData("type1v2")]
    [InlineData("nesting")]
    public void Each_type_of_backend_can_be_set_once(string type) =>
        Assert.Equal(["0", "EINVAL"], StepRun.Last(2,
            $$"""
            {"op":"open_container"},{"op":"open_group","group":1},{"op":"set_container","group":1},
            {"op":"set_iommu","type":"{{type}}"},{"op":"set_iommu","type":"{{type}}"}
            """));

    [Fact]
    public void A_device_is_closed_with_its_process_and_a_process_that_ended_can_call_nothing() =>
        Assert.Equal(["0", "ESRCH", "ESRCH"], StepRun.Last(3,
            StepRun.OpenDevice + """{"op":"exit"},{"op":"close_device","device":"nic0"},{"op":"set_iommu"}"""));

    [Fact]
    public void A_device_can_be_opened_only_while_its_group_has_a_backend() =>
        Assert.Equal(["0", "EINVAL"], StepRun.Last(2, """{"op":"open_group","group":1},{"op":"open_device","device":"nic0"}"""));

    [Fact]
    public void Closing_a_container_and_then_its_group_gives_everything_back()
    {
        RunResult result = StepRun.Of(
            StepRun.OpenDevice
            + """{"op":"map_dma","iova":0,"size":"0x4000","vaddr":"0x40000000"},{"op":"close_device","device":"nic0"},{"op":"close_container"},"""
            + """{"op":"close_group","group":1},{"op":"inspect"}""");

        Assert.Equal(["0", "0", "0"], result.Operations.TakeLast(4).Take(3).Select(operation => operation.Result));
        Assert.Equal("0", StepRun.Detail(result.Operations[^1], "locked_vm"));
        Assert.Empty(result.Violations);
    }
}
