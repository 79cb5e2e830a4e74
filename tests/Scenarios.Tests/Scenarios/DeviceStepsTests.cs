using Iopf.Patches;

namespace Iopf.Scenarios.Tests.Scenarios;

/// <summary>DMA, shared address spaces, mappings and memory as the steps of a scenario.</summary>
public sealed class DeviceStepsTests
{
    private const string Shared = """{"op":"mmap","addr":"0x40000000","size":"0x4000"},{"op":"sva_enable","device":"nic0"},""";

    private const string HostDriven = """{"devices":[{"name":"nic0","stream_id":16,"group":1,"pasid_bits":4,"driver":"host"}]}""";

    [Fact]
    public void A_bound_address_space_is_read_through_its_PASID_until_it_is_unbound()
    {
        RunResult result = StepRun.Of(
            Shared
            + """
            {"op":"cpu_write","addr":"0x40001000","data":"ab"},{"op":"sva_bind","device":"nic0"},
            {"op":"dma","iova":"0x40001000","len":1,"substream":1},{"op":"sva_unbind","device":"nic0"},{"op":"sva_disable","device":"nic0"}
            """,
            machine: HostDriven);

        Assert.Equal(["0", "0", "0", "0"], result.Operations.TakeLast(4).Select(operation => operation.Result));
        Assert.Equal("1", StepRun.Detail(result.Operations[^4], "pasid"));
        Assert.Equal("ab", StepRun.Detail(result.Operations[^3], "data"));
        Assert.Empty(result.Violations);
    }

    [Fact]
    public void Binding_before_SVA_is_enabled_is_refused() =>
        Assert.DoesNotContain("0", StepRun.Last(1, """{"op":"sva_bind","device":"nic0"}""", machine: HostDriven));

    [Theory]
    [InlineData("""{"op":"sva_bind","device":"nic0"}""")]
    [InlineData("""{"op":"sva_unbind","device":"nic0"}""")]
    public void The_address_space_of_a_process_that_ended_cannot_be_bound_or_unbound(string step) =>
        Assert.Equal(["ESRCH"], StepRun.Last(1, $$"""{"op":"sva_enable","device":"nic0"},{"op":"exit"},{{step}}""", machine: HostDriven));

    [Fact]
    public void A_device_that_cannot_stall_has_no_SVA_to_switch_on() =>
        Assert.DoesNotContain("0", StepRun.Last(1, """{"op":"sva_enable","device":"nic0"}""",
            machine: """{"devices":[{"name":"nic0","stream_id":16,"group":1,"can_stall":false}]}"""));

    [Fact]
    public void Switching_SVA_off_where_it_is_not_on_is_refused() =>
        Assert.DoesNotContain("0", StepRun.Last(1, """{"op":"sva_disable","device":"nic0"}""", machine: HostDriven));

    [Theory]
    [InlineData("r", "0", "aborted")]
    [InlineData("w", "0", "0")]
    [InlineData("rw", "0", "0")]
    public void What_a_mapping_grants_decides_which_DMA_is_aborted(string access, string read, string write)
    {
        string mapped = $$"""{{StepRun.OpenDevice}}{"op":"map_dma","iova":"0x5000","size":"0x1000","vaddr":"0x40000000","access":"{{access}}"}""";

        Assert.Equal(["0", read, write], StepRun.Last(3, mapped + """,{"op":"dma","iova":"0x5000"},{"op":"dma","iova":"0x5000","dir":"write"}"""));
    }

    [Fact]
    public void A_mapping_that_grants_nothing_is_EINVAL() =>
        Assert.Equal(["EINVAL"], StepRun.Last(1,
            StepRun.OpenDevice + """{"op":"map_dma","iova":"0x5000","size":"0x1000","vaddr":"0x40000000","access":"none"}"""));

    [Fact]
    public void A_process_that_ended_maps_nothing() =>
        Assert.Equal(["ESRCH"], StepRun.Last(1,
            StepRun.OpenDevice + """{"op":"exit"},{"op":"map_dma","iova":"0x5000","size":"0x1000","vaddr":"0x40000000"}"""));

    [Fact]
    public void Dirty_pages_are_counted_by_the_log_and_by_the_unmap_that_asks_for_them()
    {
        RunResult result = StepRun.Of(
            StepRun.OpenDevice
            + """
            {"op":"map_dma","iova":0,"size":"0x4000","vaddr":"0x40000000"},{"op":"dirty_start"},
            {"op":"dirty_get","iova":0,"size":"0x4000"},{"op":"dirty_get","iova":0,"size":"0x4000","page_size":"0x2000"},
            {"op":"unmap_dma","iova":0,"size":"0x4000","get_dirty":true},{"op":"dirty_stop"},{"op":"dirty_get","iova":0,"size":"0x4000"}
            """);

        Assert.Equal("4", StepRun.Detail(result.Operations[^5], "dirty_pages"));
        Assert.Equal("EINVAL", result.Operations[^4].Result);
        Assert.Equal(("0x4000", "4"), (StepRun.Detail(result.Operations[^3], "unmapped"), StepRun.Detail(result.Operations[^3], "dirty_pages")));
        Assert.Equal("EINVAL", result.Operations[^1].Result);
    }

    [Theory]
    [InlineData("r", "1")]
    [InlineData("w", "1")]
    [InlineData("rw", "1")]
    public void A_vendor_driver_pins_with_any_access_that_the_memory_grants(string access, string expected) =>
        Assert.Equal([expected, "1"], StepRun.Last(2,
            Mediated
            + $$"""
            {"op":"register_notifier","device":"mdev0"},
            {"op":"pin_pages","device":"mdev0","iovas":["0x1000"],"access":"{{access}}"},{"op":"unpin_pages","device":"mdev0","iovas":["0x1000"]}
            """));

    [Fact]
    public void A_vendor_driver_that_is_told_of_nothing_may_not_pin() =>
        Assert.Equal(["EINVAL"], StepRun.Last(1, Mediated + """{"op":"pin_pages","device":"mdev0","iovas":["0x1000"]}"""));

    [Fact]
    public void A_vendor_driver_moves_bytes_both_ways()
    {
        RunResult result = StepRun.Of(
            Mediated
            + """
            {"op":"dma_rw","device":"mdev0","iova":"0x1000","dir":"write","data":"abcd"},{"op":"dma_rw","device":"mdev0","iova":"0x1000","len":2},
            {"op":"dma_rw","device":"mdev0","iova":"0x9000000","len":2}
            """);

        Assert.Equal("abcd", StepRun.Detail(result.Operations[^2], "data"));
        Assert.NotEqual("0", result.Operations[^1].Result);
    }

    [Fact]
    public void A_device_whose_group_nobody_opened_has_no_bytes_to_move() =>
        Assert.DoesNotContain("0", StepRun.Last(1, """{"op":"dma_rw","device":"mdev0","iova":0}"""));

    [Fact]
    public void A_vendor_driver_that_unpins_when_told_lets_the_range_go()
    {
        RunResult result = StepRun.Of(
            Mediated
            + """
            {"op":"register_notifier","device":"mdev0"},{"op":"pin_pages","device":"mdev0","iovas":["0x1000"]},
            {"op":"unmap_dma","iova":0,"size":"0x4000"},{"op":"unregister_notifier","device":"mdev0"},{"op":"inspect"}
            """);

        Assert.Equal(["0", "1", "0", "0"], result.Operations.TakeLast(5).Take(4).Select(operation => operation.Result));
        Assert.Equal("0", StepRun.Detail(result.Operations[^1], "pinned_pages"));
    }

    [Fact]
    public void A_vendor_driver_that_ignores_what_it_is_told_crashes_the_kernel_and_ends_the_run()
    {
        RunResult result = StepRun.Of(
            Mediated
            + """
            {"op":"register_notifier","device":"mdev0","reaction":"ignore"},{"op":"pin_pages","device":"mdev0","iovas":["0x1000"]},
            {"op":"repeat","n":2,"steps":[{"op":"unmap_dma","iova":0,"size":"0x4000"}]},{"op":"wait"}
            """);

        Assert.Equal("oops", result.Operations[^1].Result);
        Assert.Equal("unmap_dma", result.Operations[^1].Op);
        Assert.Contains("oops", result.Violations.Select(violation => violation.Invariant));
    }

    [Fact]
    public void Frames_of_a_device_are_mapped_into_several_processes_but_there_is_no_memory_behind_them() =>
        Assert.Equal(["0", "0", "0"], StepRun.Last(3,
            """
            {"op":"mmap","addr":"0x50000000","size":"0x2000","kind":"pfnmap"},{"op":"munmap","addr":"0x50000000","size":"0x2000"},
            {"op":"mmap","addr":"0x50000000","size":"0x2000","kind":"pfnmap"}
            """));

    [Theory]
    [InlineData("""{"op":"migrate","addr":"0x70000000","size":"0x2000"}""")]
    [InlineData("""{"op":"touch","addr":"0x70000000","size":"0x2000","dir":"read"}""")]
    [InlineData("""{"op":"cpu_read","addr":"0x70000000"}""")]
    public void Memory_that_is_not_there_is_an_error_at_the_first_page(string step) => Assert.DoesNotContain("0", StepRun.Last(1, step));

    [Fact]
    public void A_page_cannot_be_merged_with_one_of_a_process_that_ended() =>
        Assert.Equal(["ESRCH"], StepRun.Last(1,
            """
            {"op":"mmap","addr":"0x40000000","size":"0x1000"},{"op":"fork","child":"twin"},{"op":"exit","process":"twin"},
            {"op":"merge","process":"vmm","addr":"0x40000000","other_process":"twin","other":"0x40000000"}
            """));

    [Fact]
    public void One_DMA_fault_of_a_bound_device_maps_two_mebibytes_of_memory_that_wants_huge_pages() =>
        Assert.Equal(
            ["0", "0", "0", "0", "0"],
            StepRun.Last(
                5,
                """
                {"op":"mmap","addr":"0x40000000","size":"0x200000"},{"op":"madvise","addr":"0x40000000","size":"0x200000","advice":"hugepage"},
                {"op":"sva_enable","device":"nic0"},{"op":"sva_bind","device":"nic0"},
                {"op":"dma","iova":"0x40000000","dir":"write","data":"ab","substream":1,"expect":{"result":"0","faults":1}},
                {"op":"dma","iova":"0x401ff000","dir":"write","data":"cd","substream":1,"expect":{"result":"0","faults":0}},
                {"op":"cpu_read","addr":"0x401ff000","len":1,"expect":{"result":"0","data":"cd"}},
                {"op":"madvise","addr":"0x40000000","size":"0x1000","advice":"dontneed"},
                {"op":"dma","iova":"0x401ff000","len":1,"substream":1,"expect":{"result":"0","faults":0,"data":"cd"}}
                """,
                machine: HostDriven));

    [Fact]
    public void After_exec_nothing_that_was_mapped_is_left() =>
        Assert.Equal(["0", "EFAULT"], StepRun.Last(2,
            """{"op":"mmap","addr":"0x40000000","size":"0x1000"},{"op":"exec"},{"op":"cpu_read","addr":"0x40000000"}"""));

    [Fact]
    public void What_is_inspected_is_the_page_its_pins_and_what_the_device_may_do_with_it()
    {
        RunResult result = StepRun.Of(
            StepRun.OpenDevice
            + """
            {"op":"inspect","addr":"0x40000000","device":"nic0","iova":"0x5000"},
            {"op":"cpu_write","addr":"0x40000000","data":"ab"},
            {"op":"map_dma","iova":"0x5000","size":"0x1000","vaddr":"0x40000000","access":"r"},
            {"op":"inspect","addr":"0x40000000","device":"nic0","iova":"0x5000"}
            """,
            PatchSet.None);

        Assert.Equal(["false", "0", "false", "none"], Shown(result.Operations[^4]));
        Assert.Equal(["true", "1", "true", "r"], Shown(result.Operations[^1]));

        static IEnumerable<string> Shown(RunOperation step) =>
            new[] { "resident", "pins", "mapped", "access" }.Select(name => StepRun.Detail(step, name));
    }

    private static string Mediated =>
        """
        {"op":"mmap","addr":"0x40000000","size":"0x100000"},
        {"op":"open_container"},{"op":"open_group","group":9},{"op":"set_container","group":9},{"op":"set_iommu"},
        {"op":"open_device","device":"mdev0"},{"op":"map_dma","iova":0,"size":"0x4000","vaddr":"0x40000000"},
        """;
}
