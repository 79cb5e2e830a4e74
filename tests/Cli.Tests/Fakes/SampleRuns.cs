using Iopf.Patches;
using Iopf.Scenarios;

namespace Iopf.Cli.Tests.Fakes;

/// <summary>Prepared results of runs.</summary>
internal static class SampleRuns
{
    private static readonly RunOperation Map = new(0, "map", "map 0x1000+0x1000 rw", "0", null, true, []);
    private static readonly RunOperation Dma =
        new(1, "dma", "dma nic write 0x1000 4", "written", "written", true, [new("pages", "1"), new("pfn", "0x10")]);

    public static RunResult Clean { get; } = new()
    {
        Scenario = FakeScenarioRunner.Name,
        Patches = PatchSet.Of(1, 2),
        Faults = 1,
        Responses = new(1, 0, 0),
        MappedPages = 1,
        PinnedPages = 2,
        LockedVm = 3,
        VirtualNanoseconds = 10_100,
        Operations = [Map, Dma],
    };

    public static RunResult Unexpected { get; } = Clean with { Operations = [Map, Dma with { Expected = "read", Matched = false }] };

    public static RunResult Violated { get; } = Clean with { Violations = [new("M1", "No stale entry.", "dma nic write 0x1000 4", "a stale translation", 42)] };
}
