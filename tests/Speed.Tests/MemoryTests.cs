using System.Globalization;
using Iopf.Patches;
using Iopf.Scenarios;

namespace Iopf.Speed.Tests;

/// <summary>The workloads that measure memory, small: what the model takes grows with the pages and mappings, by a known number of bytes.</summary>
[Collection(AloneCollection.Name)]
public sealed class MemoryTests
{
    [Fact]
    public void A_page_that_a_device_reaches_costs_its_entry_and_its_bit()
    {
        Dictionary<string, string> guest = Details("""{"op":"workload","name":"big-guest","bytes":"0x20000000"}""", PatchSet.All);

        Assert.Equal("131072", guest["pages"]);
        Assert.InRange(double.Parse(guest["ratio"], CultureInfo.InvariantCulture), 1, 1.25);
    }

    [Fact]
    public void An_idle_mapping_costs_nothing_whatever_its_size()
    {
        Dictionary<string, string> mapping = Details("""{"op":"workload","name":"idle-mapping"}""", PatchSet.All);

        Assert.InRange(Bytes(mapping, "added_bytes"), 0, 1_000_000);
    }

    [Fact]
    public void A_mapping_costs_less_than_250_bytes()
    {
        long few = Bytes(Details("""{"op":"workload","name":"many-containers","containers":10,"mappings":100}""", PatchSet.All), "added_bytes");
        long many = Bytes(Details("""{"op":"workload","name":"many-containers","containers":10,"mappings":2100}""", PatchSet.All), "added_bytes");

        Assert.InRange((many - few) / 20_000, 1, 250);
    }

    [Fact]
    public void Without_the_patch_that_defers_mappings_the_workload_answers_what_the_kernel_does() =>
        Assert.Equal("ENOTTY", Run("""{"op":"workload","name":"idle-mapping"}""", PatchSet.None).Result);

    [Theory]
    [InlineData("""{"op":"workload","name":"many-containers","containers":1,"mappings":2}""")]
    [InlineData("""{"op":"workload","name":"many-containers","containers":2,"mappings":3}""")]
    public void A_mapping_that_the_kernel_refuses_is_the_answer_of_the_workload(string step) =>
        Assert.Equal("ENOSPC", Run(step, PatchSet.All, new() { ["Type1:EntryLimit"] = "1" }).Result);

    private static long Bytes(Dictionary<string, string> details, string name) => long.Parse(details[name], CultureInfo.InvariantCulture);

    private static Dictionary<string, string> Details(string step, PatchSet patches) => new(Run(step, patches).Details);

    private static RunOperation Run(string step, PatchSet patches, Dictionary<string, string>? settings = null)
    {
        Scenario scenario = ScenarioFile.Parse("test", $$"""{"name":"test","about":"test","machine":{"processes":[{"name":"vmm"}]},"steps":[{{step}}]}""");
        return ScenarioRun.Execute(new RunRequest(scenario, patches, settings ?? [], Seed: 0, Trace: null)).Operations[0];
    }
}
