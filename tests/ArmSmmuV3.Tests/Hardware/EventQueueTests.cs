using Iopf.ArmSmmuV3.Hardware;
using Iopf.TestKit.Smmu;

namespace Iopf.ArmSmmuV3.Tests.Hardware;

public class EventQueueTests
{
    private const ulong Iova = 0x10_0000;

    [Fact, Trait("Fact", "T062")]
    public void Stall_fault_on_a_full_queue_is_recorded_after_a_slot_frees_and_overflow_is_unchanged()
    {
        SmmuBench bench = new(eventLog2: 1);
        bench.UseStage1();
        bench.Dma(Iova);
        bench.Dma(Iova + 0x1000);

        Assert.Equal(DmaOutcome.Stalled, bench.Dma(Iova + 0x2000));
        Assert.Equal(2, bench.EventCount);
        Assert.False(bench.OverflowIsPending);

        bench.PopEvent();
        bench.PopEvent();

        Assert.Equal(Iova + 0x2000, bench.OnlyEvent().InputAddress);
        Assert.False(bench.OverflowIsPending);
    }

    [Fact, Trait("Fact", "T063")]
    public void Two_non_stall_faults_on_a_full_queue_are_both_lost_and_overflow_toggles_once()
    {
        SmmuBench bench = new(eventLog2: 0);
        bench.UseStage1(stalls: false);
        bench.Dma(Iova);
        uint before = (uint)bench.Smmu.ReadRegister(SmmuRegister.EVENTQ_PROD);

        bench.Dma(Iova + 0x1000);
        bench.Dma(Iova + 0x2000);

        Assert.Equal(before ^ (1u << 31), (uint)bench.Smmu.ReadRegister(SmmuRegister.EVENTQ_PROD));
        Assert.Equal(Iova, bench.OnlyEvent().InputAddress);
    }

    [Fact]
    public void Overflow_toggles_again_only_after_it_was_acknowledged()
    {
        SmmuBench bench = new(eventLog2: 0);
        bench.UseStage1(stalls: false);
        bench.Dma(Iova);
        bench.Dma(Iova);
        Assert.True(bench.OverflowIsPending);
        uint consumer = (uint)bench.Smmu.ReadRegister(SmmuRegister.EVENTQ_CONS);
        bench.Smmu.WriteRegister(SmmuRegister.EVENTQ_CONS, consumer | (1u << 31));
        Assert.False(bench.OverflowIsPending);

        bench.Dma(Iova);

        Assert.True(bench.OverflowIsPending);
        Assert.Equal(0u, (uint)bench.Smmu.ReadRegister(SmmuRegister.EVENTQ_PROD) >> 31);
    }

    [Fact, Trait("Fact", "T065")]
    public void Ipa_field_drops_the_bits_below_the_page_and_numbers_it_0x12345()
    {
        EventRecord record = new(0, 0, 0, 0x0000_0000_1234_5fff);

        Assert.Equal(0x1234_5000ul, record.Ipa);
        Assert.Equal(0x12345ul, record.Ipa >> 12);
        Assert.Equal(0x000f_ffff_ffff_f000ul, new EventRecord(0, 0, 0, ulong.MaxValue).Ipa);
    }

    [Fact]
    public void Recorded_words_of_a_Kunpeng_stall_decode_as_the_kernel_printed_them()
    {
        EventRecord record = new(0x0000_3102_0000_0010, 0x0000_0208_8000_007f, 0, 0);

        Assert.Equal(SmmuEventType.F_TRANSLATION, record.Type);
        Assert.Equal(0x3102u, record.StreamId);
        Assert.True(record.IsStall);
        Assert.Equal(0x7f, record.StallTag);
        Assert.True(record.IsRead);
        Assert.False(record.IsPrivileged);
        Assert.Equal(FaultClass.InputAddress, record.Class);
    }

    [Fact]
    public void Records_wrap_around_the_queue_without_getting_lost()
    {
        SmmuBench bench = new(eventLog2: 1);
        bench.UseStage1(stalls: false);

        for (ulong page = 0; page < 9; page++)
        {
            bench.Dma(Iova + (page << 12));
            Assert.Equal(Iova + (page << 12), bench.OnlyEvent().InputAddress);
        }

        Assert.Equal(9ul & 3, bench.Smmu.ReadRegister(SmmuRegister.EVENTQ_PROD));
    }

    [Fact]
    public void Interrupt_is_raised_when_the_queue_becomes_non_empty_and_only_then()
    {
        SmmuBench bench = new();
        bench.UseStage1();
        bench.Dma(Iova);
        bench.Dma(Iova);
        Assert.Equal(1, bench.EventInterrupts);
        bench.PopEvent();
        bench.PopEvent();

        bench.Dma(Iova);

        Assert.Equal(2, bench.EventInterrupts);
    }

    [Fact]
    public void Disabled_interrupt_stays_silent()
    {
        SmmuBench bench = new();
        bench.UseStage1();
        bench.Smmu.WriteRegister(SmmuRegister.IRQ_CTRL, 0);

        bench.Dma(Iova);

        Assert.Equal(0, bench.EventInterrupts);
        Assert.Equal(1, bench.EventCount);
    }

    [Fact]
    public void Disabled_queue_keeps_stall_records_and_drops_others()
    {
        SmmuBench bench = new();
        bench.UseStage1(1);
        bench.UseStage1(2, stalls: false);
        bench.Smmu.WriteRegister(SmmuRegister.CR0, 0x9);

        bench.Dma(Iova, streamId: 1);
        bench.Dma(Iova, streamId: 2);
        Assert.Equal(0, bench.EventCount);
        bench.Smmu.WriteRegister(SmmuRegister.CR0, 0xd);

        Assert.Equal(1u, bench.OnlyEvent().StreamId);
        Assert.False(bench.OverflowIsPending);
    }

    [Fact]
    public void A_stall_the_driver_cannot_see_yet_is_not_resumed()
    {
        SmmuBench bench = new(eventLog2: 0);
        bench.UseStage1();
        bench.Dma(Iova);
        bench.Dma(Iova);
        EventRecord first = bench.PopEvent();
        Assert.Equal(1, bench.EventCount);
        bench.Dma(Iova);

        bench.Send(SmmuCommand.Resume(first.StreamId, (ushort)(first.StallTag + 3), ResumeAction.Abort));

        Assert.Empty(bench.Master.AbortedOnes);
        Assert.Equal(3, bench.Smmu.StalledTransactions);
    }
}
