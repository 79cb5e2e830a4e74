using Iopf.Patches;

namespace Iopf.Scenarios.Tests.Scenarios;

/// <summary>Runs the steps of a scenario on a machine with two devices, and says what each of them came to.</summary>
internal static class StepRun
{
    public const string Machine = """{"devices":[{"name":"nic0","stream_id":16,"group":1,"pasid_bits":4}],"mediated":[{"name":"mdev0","group":9}]}""";

    /// <summary>A container of the nesting type with nic0 in it, 1 MiB of guest memory mapped at 0, and faults on.</summary>
    public const string NestedDevice =
        """
        {"op":"mmap","addr":"0x40000000","size":"0x100000"},
        {"op":"open_container"},{"op":"open_group","group":1},{"op":"set_container","group":1},{"op":"set_iommu","type":"nesting"},
        {"op":"enable_iopf"},{"op":"open_device","device":"nic0"},
        {"op":"map_dma","iova":0,"size":"0x100000","vaddr":"0x40000000"},
        """;

    /// <summary>A container of type 1 with nic0 in it.</summary>
    public const string OpenDevice =
        """
        {"op":"mmap","addr":"0x40000000","size":"0x100000"},
        {"op":"open_container"},{"op":"open_group","group":1},{"op":"set_container","group":1},{"op":"set_iommu"},
        {"op":"open_device","device":"nic0"},
        """;

    /// <summary>Runs the steps.</summary>
    public static RunResult Of(string steps, PatchSet? patches = null, string machine = Machine)
    {
        string text = $$"""{"name":"a","about":"","machine":{{machine}},"steps":[{{steps}}]}""";
        return ScenarioRun.Execute(new RunRequest(
            ScenarioFile.Parse("f", text), patches ?? PatchSet.All, new Dictionary<string, string>(), Seed: 0, Trace: null));
    }

    /// <summary>The results of the last steps; no promise is broken, and every step is as it expects.</summary>
    public static IEnumerable<string> Last(int count, string steps, PatchSet? patches = null, string machine = Machine)
    {
        RunResult result = Of(steps, patches, machine);
        Assert.Empty(result.Violations);
        Assert.All(result.Operations, operation => Assert.True(operation.Matched, $"{operation.Text}: {operation.Result}"));
        return result.Operations.TakeLast(count).Select(operation => operation.Result);
    }

    /// <summary>What one step reported under a name.</summary>
    public static string Detail(RunOperation operation, string name) =>
        operation.Details.Single(detail => detail.Key == name).Value;
}
