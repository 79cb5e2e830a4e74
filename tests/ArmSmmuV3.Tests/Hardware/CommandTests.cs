using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.TestKit.Smmu;

namespace Iopf.ArmSmmuV3.Tests.Hardware;

public class CommandTests
{
    [Fact]
    public void Resume_command_has_the_words_the_driver_computes()
    {
        Assert.Equal(
            new SmmuCommand(0x44 | (1ul << 12) | (0x3102ul << 32), 0x7f),
            SmmuCommand.Resume(0x3102, 0x7f, ResumeAction.Retry));
    }

    [Fact]
    public void Invalidation_commands_carry_their_tags_in_the_architected_places()
    {
        Assert.Equal(new SmmuCommand(0x12 | (0x11ul << 32) | (0x22ul << 48), 0x7001), SmmuCommand.TlbiNhVa(0x22, 0x7fff, vmid: 0x11));
        Assert.Equal(new SmmuCommand(0x2a | (0x11ul << 32), 0x7000), SmmuCommand.TlbiS2Ipa(0x11, 0x7000, leaf: false));
        Assert.Equal(new SmmuCommand(0x05 | (0x22ul << 12) | (0x11ul << 32), 1), SmmuCommand.CfgiCd(0x11, 0x22));
        Assert.Equal(new SmmuCommand(0x04, 31), SmmuCommand.CfgiAll());
        Assert.Equal(new SmmuCommand(0x46 | (2ul << 12), 0), SmmuCommand.Sync(SyncSignal.Event));
    }

    [Fact]
    public void Illegal_command_stops_the_queue_until_it_is_acknowledged()
    {
        SmmuBench bench = new(commandLog2: 2);
        bench.Send(SmmuCommand.Sync(), default, SmmuCommand.Sync());

        Assert.Equal((1ul << 24) | 1, bench.Smmu.ReadRegister(SmmuRegister.CMDQ_CONS));
        Assert.Equal(1ul, bench.Smmu.ReadRegister(SmmuRegister.GERROR));
        Assert.Equal(1, bench.ErrorInterrupts);

        // As the driver does: a CMD_SYNC in place of the culprit, then the acknowledgement.
        ulong commands = bench.Smmu.ReadRegister(SmmuRegister.CMDQ_BASE) & ~0x1ful;
        bench.Memory.WriteWord(commands + 16, SmmuCommand.Sync().Word0);
        bench.Smmu.WriteRegister(SmmuRegister.GERRORN, 1);

        Assert.Equal(3ul, bench.Smmu.ReadRegister(SmmuRegister.CMDQ_CONS));
        bench.Send(SmmuCommand.Sync(), SmmuCommand.Sync());
        Assert.Equal(5ul, bench.Smmu.ReadRegister(SmmuRegister.CMDQ_CONS));
    }

    [Fact]
    public void A_second_illegal_command_raises_the_error_again()
    {
        SmmuBench bench = new();
        bench.Send(default, new SmmuCommand(0xff, 0));
        ulong commands = bench.Smmu.ReadRegister(SmmuRegister.CMDQ_BASE) & ~0x1ful;
        bench.Memory.WriteWord(commands, SmmuCommand.Sync().Word0);

        bench.Smmu.WriteRegister(SmmuRegister.GERRORN, 1);

        Assert.Equal((1ul << 24) | 1, bench.Smmu.ReadRegister(SmmuRegister.CMDQ_CONS));
        Assert.Equal(0ul, bench.Smmu.ReadRegister(SmmuRegister.GERROR));
        Assert.Equal(1ul, bench.Smmu.ReadRegister(SmmuRegister.GERRORN));
        Assert.Equal(2, bench.ErrorInterrupts);
    }

    [Theory]
    [InlineData(0x01)]
    [InlineData(0x02)]
    public void Hints_are_consumed_without_effect(int opcode)
    {
        SmmuBench bench = new();

        bench.Send(new SmmuCommand((ulong)opcode, 0));

        Assert.Equal(1ul, bench.Smmu.ReadRegister(SmmuRegister.CMDQ_CONS));
        Assert.Equal(0ul, bench.Smmu.ReadRegister(SmmuRegister.GERROR));
    }

    [Fact]
    public void Commands_wait_while_the_queue_is_disabled()
    {
        SmmuBench bench = new();
        bench.Smmu.WriteRegister(SmmuRegister.CR0, 0x5);
        bench.Send(SmmuCommand.Sync());
        Assert.Equal(0ul, bench.Smmu.ReadRegister(SmmuRegister.CMDQ_CONS));

        bench.Smmu.WriteRegister(SmmuRegister.CR0, 0xd);

        Assert.Equal(1ul, bench.Smmu.ReadRegister(SmmuRegister.CMDQ_CONS));
    }

    [Fact]
    public void Indices_wrap_around_the_queue()
    {
        SmmuBench bench = new(commandLog2: 1);

        for (int command = 1; command <= 9; command++)
        {
            bench.Send(SmmuCommand.Sync());
            Assert.Equal((ulong)command & 3, bench.Smmu.ReadRegister(SmmuRegister.CMDQ_CONS));
        }
    }

    [Fact]
    public void Changed_STE_takes_effect_after_CFGI_STE_and_not_before()
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage1();
        bench.MapStage1(root, 0x1000, 0x5000);
        bench.Dma(0x1000);
        new StreamTableEntry { IsValid = true, Config = StreamConfig.Bypass }.Write(bench.Memory, bench.SteAddress(SmmuBench.Sid));

        bench.Dma(0x1000);
        Assert.Equal(0x5000ul, bench.PhysicalAddress);
        bench.Send(SmmuCommand.CfgiSte(SmmuBench.Sid));
        bench.Dma(0x1000);
        Assert.Equal(0x1000ul, bench.PhysicalAddress);
    }

    [Theory]
    [InlineData("CFGI_STE of another stream", false)]
    [InlineData("CFGI_STE", true)]
    [InlineData("CFGI_STE_RANGE around", true)]
    [InlineData("CFGI_STE_RANGE beside", false)]
    [InlineData("CFGI_ALL", true)]
    [InlineData("CFGI_CD", true)]
    [InlineData("CFGI_CD of another substream", false)]
    [InlineData("CFGI_CD_ALL", true)]
    public void Changed_CD_takes_effect_after_a_command_that_covers_it(string command, bool covers)
    {
        SmmuBench bench = new();
        ulong contexts = bench.SetCd(SmmuBench.Cd(bench.NewPage(), stalls: false));
        bench.Dma(0x1000);
        ulong root = bench.NewPage();
        bench.MapStage1(root, 0x1000, 0x5000);
        SmmuBench.Cd(root, stalls: false).Write(bench.Memory, contexts);

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(0x1000));
        bench.Send(command switch
        {
            "CFGI_STE" => SmmuCommand.CfgiSte(SmmuBench.Sid),
            "CFGI_STE of another stream" => SmmuCommand.CfgiSte(SmmuBench.Sid + 1),
            "CFGI_STE_RANGE around" => SmmuCommand.CfgiSteRange(SmmuBench.Sid ^ 3, 1),
            "CFGI_STE_RANGE beside" => SmmuCommand.CfgiSteRange(SmmuBench.Sid ^ 4, 1),
            "CFGI_ALL" => SmmuCommand.CfgiAll(),
            "CFGI_CD" => SmmuCommand.CfgiCd(SmmuBench.Sid, 0),
            "CFGI_CD of another substream" => SmmuCommand.CfgiCd(SmmuBench.Sid, 1),
            _ => SmmuCommand.CfgiCdAll(SmmuBench.Sid),
        });

        Assert.Equal(covers ? DmaOutcome.Completed : DmaOutcome.Aborted, bench.Dma(0x1000));
    }

    [Fact]
    public void Steps_of_one_stall_appear_in_the_trace_in_their_order()
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage1();
        List<TraceEvent> steps = [];
        bench.Kernel.Trace.Subscribe(steps.Add);

        bench.Dma(0x1000);
        bench.MapStage1(root, 0x1000, 0x5000);
        bench.Send(SmmuCommand.Resume(SmmuBench.Sid, bench.PopEvent().StallTag, ResumeAction.Retry));
        bench.Dma(0x1000);

        Assert.Equal(
            ["configure", "walk", "stall", "event", "command", "resume", "walk", "translate"],
            steps.Select(step => step.Function));
        Assert.All(steps, step => Assert.Equal(TraceLayer.Smmu, step.Layer));
        Assert.Contains("F_TRANSLATION", steps[1].Text, StringComparison.Ordinal);
        Assert.Contains("stag 0x0", steps[2].Text, StringComparison.Ordinal);
        Assert.Contains("Retry", steps[5].Text, StringComparison.Ordinal);
        Assert.Contains("pa 0x5000", steps[6].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ATC_INV without ATS", 0x40)]
    [InlineData("PRI_RESP without PRI", 0x41)]
    [InlineData("TLBI_EL2_ALL without a hypervisor's streams", 0x20)]
    [InlineData("TLBI_S_S12_VMALL on the non-secure queue", 0x58)]
    [InlineData("CFGI_STE of a secure stream", 0x403)]
    [InlineData("RESUME of a secure stream", 0x444)]
    [InlineData("SYNC with the reserved signal", 0x3046)]
    public void Command_for_what_the_SMMU_lacks_is_illegal(string what, int word0)
    {
        SmmuBench bench = new();

        bench.Send(new SmmuCommand((ulong)word0, 0));

        Assert.True(bench.Smmu.ReadRegister(SmmuRegister.CMDQ_CONS) == 1ul << 24, what);
        Assert.Equal(1ul, bench.Smmu.ReadRegister(SmmuRegister.GERROR));
    }

    [Theory]
    [InlineData(StallModel.StallOrTerminate, 1ul)]
    [InlineData(StallModel.TerminateOnly, 1ul << 24)]
    [InlineData(StallModel.StallForced, 1ul)]
    public void Stall_commands_are_illegal_where_nothing_stalls(StallModel model, ulong consumer)
    {
        foreach (SmmuCommand command in new[] { SmmuCommand.Resume(1, 2, ResumeAction.Abort), SmmuCommand.StallTerm(1) })
        {
            SmmuBench bench = new(options => options.StallModel = model);

            bench.Send(command);

            Assert.Equal(consumer, bench.Smmu.ReadRegister(SmmuRegister.CMDQ_CONS));
        }
    }

    [Fact]
    public void Queue_lies_at_a_multiple_of_its_size_below_the_output_width()
    {
        SmmuBench bench = new();
        ulong queue = bench.Smmu.ReadRegister(SmmuRegister.CMDQ_BASE) & ~0x1ful;
        bench.Smmu.WriteRegister(SmmuRegister.CR0, 0x5);
        bench.Smmu.WriteRegister(SmmuRegister.CMDQ_BASE, queue | (1ul << 50) | 0x20 | 8);
        bench.Smmu.WriteRegister(SmmuRegister.CR0, 0xd);

        bench.Send(SmmuCommand.Sync());

        Assert.Equal(1ul, bench.Smmu.ReadRegister(SmmuRegister.CMDQ_CONS));
    }
}
