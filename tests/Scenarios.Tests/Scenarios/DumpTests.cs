using Iopf.ArmSmmuV3.Hardware;
using Iopf.Patches;

namespace Iopf.Scenarios.Tests.Scenarios;

/// <summary>The SMMU's state after the last step, read from its registers and memory.</summary>
public sealed class DumpTests
{
    [Fact]
    public void The_STE_and_the_CD_of_a_stalling_device_are_shown_with_their_words_and_fields()
    {
        Assert.Contains(Dump("first-fault", SmmuDumpPart.Ste), line => line.Contains("V=1 Config=5 (Stage1) S1ContextPtr=0x", StringComparison.Ordinal));
        Assert.Contains(Dump("first-fault", SmmuDumpPart.Cd), line => line.EndsWith("S R A EPD1", StringComparison.Ordinal));
    }

    [Fact]
    public void The_STE_of_a_nesting_container_shows_stage_2_and_there_is_no_CD()
    {
        Assert.Contains(Dump("fault-levels", SmmuDumpPart.Ste), line => line.EndsWith("S2S S2R S2PTW", StringComparison.Ordinal));
        Assert.Equal(["smmu0 nic0 sid 0x10: no CD, stage 1 is not used"], Dump("fault-levels", SmmuDumpPart.Cd));
    }

    [Fact]
    public void The_tables_hold_exactly_what_faults_entered()
    {
        string[] lines = Dump("first-fault", SmmuDumpPart.Tables);

        Assert.Equal(3, lines.Length);
        Assert.StartsWith("    0x100000 to 0x100fff -> 0x", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("    0x102000 to 0x102fff -> 0x", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void The_TLB_holds_what_the_device_reached()
    {
        string[] lines = Dump("first-fault", SmmuDumpPart.Tlb);

        Assert.Equal("smmu0 TLB: 1 hits, 4 misses, 3 invalidations", lines[0]);
        Assert.Equal(["0x100000", "0x102000"], lines[1..].Select(line => line.Split(": ")[1].Split(' ')[0]));
    }

    [Fact]
    public void The_queues_show_the_last_command_and_the_events()
    {
        string[] lines = Dump("first-fault", SmmuDumpPart.Queues);

        Assert.Contains(lines, line => line.EndsWith("0x0000001000001044 0x0000000000000001 CMD_RESUME sid 0x10 stag 0x1 Retry", StringComparison.Ordinal));
        Assert.EndsWith("F_TRANSLATION sid 0x10 at 0x102000 stalled, STAG 0x1", lines[^1], StringComparison.Ordinal);
    }

    private static string[] Dump(string scenario, SmmuDumpPart part) =>
        [.. ScenarioRun.Execute(
            new RunRequest(ScenarioFile.Load(scenario), PatchSet.All, new Dictionary<string, string>(), Seed: 0, Trace: null) { Dump = [part] }).Dump];
}
