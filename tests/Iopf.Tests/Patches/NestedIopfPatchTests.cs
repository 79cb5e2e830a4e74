using Iopf.Patches;
using Iopf.Scenarios;

namespace Iopf.Tests.Patches;

/// <summary>The same scenario with and without patch 8.</summary>
public sealed class NestedIopfPatchTests
{
    [Fact]
    public void A_stage_1_fault_is_the_guests_with_the_patch_and_nobodys_without()
    {
        Assert.Equal("0", ResultOf(PatchSet.All, "dma"));
        Assert.Equal("aborted", ResultOf(PatchedHost.AllBut(8), "dma"));
    }

    [Fact]
    public void A_bus_driver_can_ask_for_stage_1_faults_only_with_the_patch()
    {
        Assert.Equal("0", ResultOf(PatchSet.All, "register_nested"));
        Assert.NotEqual("0", ResultOf(PatchedHost.AllBut(8), "register_nested"));
    }

    [Fact]
    public void Stage_2_faults_of_a_nested_device_are_served_by_the_host_whether_or_not_the_patch_is_on()
    {
        foreach (PatchSet patches in new[] { PatchSet.All, PatchedHost.AllBut(8) })
        {
            RunResult result = Run("fault-levels", patches);

            Assert.True(result.Responses.Success > 0);
            Assert.Empty(result.Violations);
        }
    }

    [Theory]
    [InlineData("register_nested", "enable_iopf")]
    [InlineData("enable_iopf", "register_nested")]
    public void Either_order_of_asking_for_stage_1_and_for_stage_2_works(string first, string second)
    {
        const string Text =
            """
            {
              "name": "order", "about": "either order works",
              "machine": { "devices": [{"name": "nic0", "stream_id": "0x10", "group": 1}] },
              "steps": [
                {"op": "mmap", "addr": "0x40000000", "size": "0x100000"},
                {"op": "open_container"}, {"op": "open_group", "group": 1}, {"op": "set_container", "group": 1},
                {"op": "set_iommu", "type": "nesting"}, {"op": "open_device"},
                {"op": "FIRST", "expect": "0"}, {"op": "SECOND", "expect": "0"},
                {"op": "map_dma", "iova": "0x0", "size": "0x100000", "vaddr": "0x40000000", "expect": "0"},
                {"op": "attach_guest_tables", "tables": "0x80000", "ram": "0x40000000", "expect": "0"},
                {"op": "guest_policy", "policy": "map"},
                {"op": "dma", "iova": "0x5000", "len": 1, "expect": "0"}
              ]
            }
            """;
        string text = Text.Replace("FIRST", first, StringComparison.Ordinal).Replace("SECOND", second, StringComparison.Ordinal);

        RunResult result = Execute(ScenarioFile.Parse("order", text), PatchSet.All);

        Assert.All(result.Operations, operation => Assert.True(operation.Matched, $"{operation.Text}: {operation.Result}"));
        Assert.Empty(result.Violations);
    }

    private static string ResultOf(PatchSet patches, string op) => Run("nested-iopf", patches).Operations.First(operation => operation.Op == op).Result;

    private static RunResult Run(string name, PatchSet patches) => Execute(ScenarioFile.Load(name), patches);

    private static RunResult Execute(Scenario scenario, PatchSet patches) =>
        ScenarioRun.Execute(new RunRequest(scenario, patches, new Dictionary<string, string>(), Seed: 0, Trace: null));
}
