using Iopf.Patches;

namespace Iopf.Scenarios.Tests.Scenarios;

/// <summary>A guest with tables of its own: what its steps answer, whatever it does with them.</summary>
public sealed class NestedStepsTests
{
    private const string Attach = """{"op":"attach_guest_tables","tables":"0x80000","ram":"0x40000000"}""";

    [Theory]
    [InlineData("""{"op":"detach_guest_tables"}""")]
    [InlineData("""{"op":"guest_map","iova":"0x5000","ipa":"0x7000"}""")]
    [InlineData("""{"op":"guest_unmap","iova":"0x5000"}""")]
    [InlineData("""{"op":"guest_policy","policy":"map"}""")]
    [InlineData("""{"op":"guest_answer"}""")]
    public void Without_a_guest_behind_the_device_a_step_of_the_guest_is_ENOENT(string step) =>
        Assert.Equal(["ENOENT"], StepRun.Last(1, step));

    [Theory]
    [InlineData("""{"op":"guest_map","iova":"0x5000","ipa":"0x7000"}""", "ENOENT")]
    [InlineData("""{"op":"guest_unmap","iova":"0x5000"}""", "ENOENT")]
    [InlineData("""{"op":"guest_answer"}""", "ENOENT")]
    [InlineData("""{"op":"detach_guest_tables"}""", "EINVAL")]
    public void A_guest_whose_tables_were_detached_has_nothing_to_change_or_answer(string step, string expected) =>
        Assert.Equal(["0", "0", expected], StepRun.Last(3, $$"""{{StepRun.NestedDevice}}{{Attach}},{"op":"detach_guest_tables"},{{step}}"""));

    [Fact]
    public void Tables_may_be_attached_again_after_they_were_detached() =>
        Assert.Equal(["0", "0", "0"], StepRun.Last(3, $$"""{{StepRun.NestedDevice}}{{Attach}},{"op":"detach_guest_tables"},{{Attach}}"""));

    [Fact]
    public void A_domain_that_is_not_nested_takes_no_guest_tables() =>
        Assert.Equal(["EINVAL"], StepRun.Last(1, StepRun.OpenDevice + Attach));

    [Fact]
    public void A_device_that_no_container_holds_takes_no_guest_tables() =>
        Assert.Equal(["EINVAL"], StepRun.Last(1, $$"""{"op":"mmap","addr":"0x40000000","size":"0x100000"},{{Attach}}"""));

    [Fact]
    public void A_VMM_that_ended_attaches_nothing() =>
        Assert.Equal(["ESRCH"], StepRun.Last(1, $$"""{"op":"exit"},{{Attach}}"""));

    [Fact]
    public void Guest_memory_that_the_VMM_does_not_have_is_EFAULT() =>
        Assert.Equal(["EFAULT"], StepRun.Last(1, StepRun.NestedDevice + """{"op":"attach_guest_tables","tables":"0x80000","ram":"0x70000000"}"""));

    [Fact]
    public void A_guest_that_set_aside_too_few_pages_for_its_tables_runs_out_of_them() =>
        Assert.Equal(
            ["0", "ENOMEM"],
            StepRun.Last(2, StepRun.NestedDevice + """{"op":"attach_guest_tables","tables":"0x80000","ram":"0x40000000","pages":4},{"op":"guest_map","iova":"0x5000","ipa":"0x7000"}"""));

    [Fact]
    public void Unmapping_what_the_guest_never_mapped_succeeds() =>
        Assert.Equal(["0"], StepRun.Last(1, $$"""{{StepRun.NestedDevice}}{{Attach}},{"op":"guest_unmap","iova":"0x5000","size":"0x2000"}"""));

    [Theory]
    [InlineData("r", "0", "stalled")]
    [InlineData("w", "0", "0")]
    [InlineData("rw", "0", "0")]
    [InlineData("none", "stalled", "stalled")]
    public void What_the_guest_grants_decides_which_DMA_waits_for_it(string access, string read, string write)
    {
        string prepared = $$"""{{StepRun.NestedDevice}}{{Attach}},{"op":"register_nested"},{"op":"guest_map","iova":"0x5000","ipa":"0x7000","access":"{{access}}"}""";

        Assert.Equal(read, StepRun.Of(prepared + """,{"op":"dma","iova":"0x5000"}""").Operations[^1].Result);
        Assert.Equal(write, StepRun.Of(prepared + """,{"op":"dma","iova":"0x5000","dir":"write"}""").Operations[^1].Result);
    }

    [Theory]
    [InlineData("map", "0")]
    [InlineData("invalid", "aborted")]
    [InlineData("failure", "aborted")]
    [InlineData("wait", "stalled")]
    public void The_policy_of_the_guest_decides_what_becomes_of_a_DMA_to_a_page_it_has_not_mapped(string policy, string expected)
    {
        RunResult result = StepRun.Of(
            $$"""{{StepRun.NestedDevice}}{{Attach}},{"op":"register_nested"},{"op":"guest_policy","policy":"{{policy}}"},{"op":"dma","iova":"0x5000"}""");

        Assert.Equal(expected, result.Operations[^1].Result);
    }

    [Fact]
    public void A_guest_whose_tables_do_not_reach_an_address_answers_invalid_instead_of_having_it_fault_for_ever()
    {
        Assert.Equal(["EINVAL"], StepRun.Last(1, $$"""{{StepRun.NestedDevice}}{{Attach}},{"op":"guest_map","iova":"0x1000000000000","ipa":"0x7000"}"""));
        Assert.Equal(
            ["aborted"],
            StepRun.Last(1, $$"""{{StepRun.NestedDevice}}{{Attach}},{"op":"register_nested"},{"op":"guest_policy","policy":"map"},{"op":"dma","iova":"0xfffffffffffff000"}"""));
    }

    [Fact]
    public void A_guest_that_would_map_but_has_no_table_left_answers_invalid() =>
        Assert.Equal(
            "aborted",
            StepRun.Of(
                StepRun.NestedDevice
                + """{"op":"attach_guest_tables","tables":"0x80000","ram":"0x40000000","pages":4},{"op":"register_nested"},"""
                + """{"op":"guest_policy","policy":"map"},{"op":"dma","iova":"0x5000"}""").Operations[^1].Result);

    [Theory]
    [InlineData("success", "stalled")]
    [InlineData("invalid", "aborted")]
    [InlineData("failure", "aborted")]
    public void An_answer_that_maps_nothing_has_the_DMA_tried_again_or_aborted(string code, string expected)
    {
        RunResult result = StepRun.Of(
            $$"""{{StepRun.NestedDevice}}{{Attach}},{"op":"register_nested"},{"op":"dma","iova":"0x5123"},"""
            + $$"""{"op":"guest_answer","code":"{{code}}"},{"op":"dma_result"}""");

        Assert.Equal("0x5123", StepRun.Detail(result.Operations[^2], "iova"));
        Assert.Equal(expected, result.Operations[^1].Result);
    }

    [Fact]
    public void Without_patch_8_nobody_can_register_for_the_faults_of_level_1() =>
        Assert.DoesNotContain("0", StepRun.Last(1, $$"""{{StepRun.NestedDevice}}{{Attach}},{"op":"register_nested"}""", PatchSet.All.Without(8)));
}
