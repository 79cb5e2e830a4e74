using Iopf.ArmSmmuV3.Hardware;
using Iopf.TestKit.Smmu;

namespace Iopf.ArmSmmuV3.Tests.Hardware;

/// <summary>What a stalled transaction meets when the configuration changed meanwhile: Arm IHI 0070, 3.12.2, 6.3.9.6, 7.2.1.</summary>
public class StallUnderChangeTests
{
    private const ulong Iova = 0x10_0000;

    [Theory]
    [InlineData(StreamConfig.Bypass)]
    [InlineData(StreamConfig.Abort)]
    public void Changed_STE_does_not_end_a_stall_but_decides_its_retry(StreamConfig config)
    {
        SmmuBench bench = new();
        bench.UseStage1();
        bench.Dma(Iova);
        EventRecord record = bench.OnlyEvent();

        bench.SetSte(new StreamTableEntry { IsValid = true, Config = config });
        Assert.Equal(1, bench.Smmu.StalledTransactions);
        bench.Send(SmmuCommand.Resume(record.StreamId, record.StallTag, ResumeAction.Retry));

        Assert.Equal(config == StreamConfig.Abort, bench.Master.AbortedOnes.Contains(0));
        Assert.Equal(config == StreamConfig.Bypass, bench.Master.CompletedAt.ContainsValue(Iova));
        Assert.Equal(0, bench.EventCount);
    }

    [Fact]
    public void Retry_under_a_CD_that_terminates_by_now_reads_as_zero_and_is_recorded()
    {
        SmmuBench bench = new();
        bench.UseStage1();
        bench.Dma(Iova);
        EventRecord record = bench.OnlyEvent();

        bench.SetCd(SmmuBench.Cd(bench.NewPage(), stalls: false) with { A = false });
        bench.Send(SmmuCommand.Resume(record.StreamId, record.StallTag, ResumeAction.Retry));

        Assert.Equal(0ul, bench.Master.CompletedAt[0]);
        Assert.False(bench.OnlyEvent().IsStall);
    }

    [Fact]
    public void Terminate_and_abort_of_RESUME_do_not_ask_the_configuration()
    {
        SmmuBench bench = new();
        bench.UseStage1();
        bench.Dma(Iova);
        bench.Dma(Iova);
        EventRecord first = bench.PopEvent();
        EventRecord second = bench.OnlyEvent();
        bench.SetSte(default);

        bench.Send(
            SmmuCommand.Resume(first.StreamId, first.StallTag, ResumeAction.Terminate),
            SmmuCommand.Resume(second.StreamId, second.StallTag, ResumeAction.Abort));

        Assert.Equal(0ul, bench.Master.CompletedAt[0]);
        Assert.Contains(1, bench.Master.AbortedOnes);
        Assert.Equal(0, bench.EventCount);
    }

    [Fact]
    public void RESUME_with_both_action_bits_retries()
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage1();
        bench.Dma(Iova);
        EventRecord record = bench.OnlyEvent();
        bench.MapStage1(root, Iova, bench.NewPage());

        bench.Send(SmmuCommand.Resume(record.StreamId, record.StallTag, (ResumeAction)3));

        Assert.Contains(0, bench.Master.CompletedAt.Keys);
    }

    [Fact]
    public void Stall_that_was_not_recorded_yet_completes_without_an_event_if_the_page_came_meanwhile()
    {
        SmmuBench bench = new(eventLog2: 0);
        ulong root = bench.UseStage1();
        bench.Dma(Iova);
        bench.Dma(Iova + 0x1000);
        ulong page = bench.NewPage();
        bench.MapStage1(root, Iova + 0x1000, page);
        Assert.Empty(bench.Master.CompletedAt);

        bench.PopEvent();

        Assert.Equal(page, bench.Master.CompletedAt[1]);
        Assert.Equal(0, bench.EventCount);
        Assert.Equal(1, bench.Smmu.StalledTransactions);
    }

    [Fact]
    public void Stall_that_was_not_recorded_yet_is_recorded_as_it_faults_when_there_is_a_place()
    {
        SmmuBench bench = new(eventLog2: 0);
        ulong root = bench.UseStage1();
        bench.Dma(Iova);
        bench.Dma(Iova + 0x1000, write: true);
        bench.MapStage1(root, Iova + 0x1000, bench.NewPage(), SmmuBench.Read | SmmuBench.ReadOnly);

        bench.PopEvent();

        Assert.Equal(SmmuEventType.F_PERMISSION, bench.OnlyEvent().Type);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Clearing_SMMUEN_aborts_every_stall_and_what_waits_outside_meets_GBPA(bool aborts)
    {
        SmmuBench bench = new(options => options.StallMax = 2, eventLog2: 0);
        bench.UseStage1();
        bench.Dma(Iova);
        bench.Dma(Iova + 0x1000);
        bench.Dma(Iova + 0x2000);
        bench.Smmu.WriteRegister(SmmuRegister.GBPA, aborts ? 1ul << 20 : 0);

        bench.Smmu.WriteRegister(SmmuRegister.CR0, 0xc);

        Assert.Equal(0, bench.Smmu.StalledTransactions);
        Assert.Equal(0, bench.Smmu.WaitingTransactions);
        Assert.Superset(new HashSet<int> { 0, 1 }, bench.Master.AbortedOnes);
        Assert.Equal(aborts, bench.Master.AbortedOnes.Contains(2));
        bench.PopEvent();
        Assert.Equal(0, bench.EventCount);
    }
}
