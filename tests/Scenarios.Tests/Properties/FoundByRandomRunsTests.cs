using Iopf.Patches;

namespace Iopf.Scenarios.Tests.Properties;

/// <summary>What random runs found, each as the shortest scenario that showed it.</summary>
public sealed class FoundByRandomRunsTests
{
    [Fact]
    public void A_mediated_driver_cannot_give_back_the_pin_that_keeps_another_groups_page_entered() => KeepsItsPromises(
        """
        {"op": "mmap", "addr": "0x10000000", "size": "0x4000"},
        {"op": "register_notifier", "device": "nic0"},
        {"op": "enable_iopf"},
        {"op": "map_dma", "iova": "0x100000", "size": "0x4000", "vaddr": "0x10000000"},
        {"op": "pin_pages", "device": "nic0", "iovas": ["0x101000"], "expect": "1"},
        {"op": "munmap", "addr": "0x10000000", "size": "0x4000"},
        {"op": "unpin_pages", "device": "mdev0", "iovas": ["0x101000"], "expect": "1"},
        {"op": "dma", "iova": "0x101000", "device": "nic0", "expect": "0"}
        """);

    [Fact]
    public void Memory_that_the_process_may_only_read_is_read_through_a_writable_mapping_whether_or_not_it_is_pinned()
    {
        const string Steps =
            """
            {"op": "mmap", "addr": "0x10000000", "size": "0x4000", "access": "r"},
            {"op": "enable_iopf"},
            {"op": "map_dma", "iova": "0x100000", "size": "0x4000", "vaddr": "0x10000000"},
            {"op": "dma", "iova": "0x101000", "device": "nic0", "expect": "0"},
            {"op": "dma", "iova": "0x101000", "device": "nic0", "dir": "write", "expect": "aborted"}
            """;
        KeepsItsPromises(Steps);
        KeepsItsPromises(Steps, PatchSet.All.Without(3));
    }

    [Fact]
    public void A_page_pinned_for_reading_only_is_the_zero_page_and_the_device_does_not_see_what_the_process_writes_later()
    {
        const string Steps =
            """
            {"op": "map_dma", "iova": "0x100000", "size": "0x4000", "vaddr": "0x10000000", "access": "r"},
            {"op": "cpu_write", "addr": "0x10001000", "data": "ab"},
            """;
        const string Memory = """{"op": "mmap", "addr": "0x10000000", "size": "0x4000"},""";
        KeepsItsPromises(Memory + Steps + """{"op": "dma", "iova": "0x101000", "len": 1, "device": "nic0", "expect": {"result": "0", "data": "00"}}""");
        KeepsItsPromises(
            Memory + """{"op": "enable_iopf"},""" + Steps
            + """{"op": "dma", "iova": "0x101000", "len": 1, "device": "nic0", "expect": {"result": "0", "data": "ab"}}""");
    }

    private static void KeepsItsPromises(string steps, PatchSet? patches = null)
    {
        Scenario scenario = ScenarioFile.Parse(
            "found",
            $$"""
            {
              "name": "found", "about": "found by a random run",
              "machine": {
                "devices": [{"name": "nic0", "stream_id": "0x10", "group": 1}],
                "mediated": [{"name": "mdev0", "group": 9}]
              },
              "steps": [
                {"op": "open_container"}, {"op": "open_group", "group": 1}, {"op": "open_group", "group": 9},
                {"op": "set_container", "group": 1}, {"op": "set_container", "group": 9}, {"op": "set_iommu"},
                {{steps}}
              ]
            }
            """);

        RunResult result = ScenarioRun.Execute(new RunRequest(scenario, patches ?? PatchSet.All, new Dictionary<string, string>(), Seed: 0, Trace: null));

        Assert.Empty(result.Violations);
        Assert.All(result.Operations, operation => Assert.True(operation.Matched, $"{operation.Text}: {operation.Result}"));
    }
}
