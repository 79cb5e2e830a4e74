using Iopf.ArmSmmuV3.Hardware;
using Iopf.TestKit.Smmu;

namespace Iopf.ArmSmmuV3.Tests.Hardware;

public class StallTests
{
    private const ulong Iova = 0x12_3456_7000;

    [Fact]
    public void Translation_fault_stalls_and_its_record_carries_every_field()
    {
        SmmuBench bench = new();
        bench.UseStage1();

        DmaOutcome outcome = bench.Dma(Iova + 0x678, privileged: true);

        Assert.Equal(DmaOutcome.Stalled, outcome);
        Assert.Equal(1, bench.Smmu.StalledTransactions);
        Assert.Equal(1, bench.EventInterrupts);
        EventRecord record = bench.OnlyEvent();
        Assert.Equal(SmmuEventType.F_TRANSLATION, record.Type);
        Assert.Equal(SmmuBench.Sid, record.StreamId);
        Assert.Null(record.SubstreamId);
        Assert.True(record.IsStall);
        Assert.True(record.IsRead);
        Assert.True(record.IsPrivileged);
        Assert.False(record.IsInstruction);
        Assert.False(record.IsStage2);
        Assert.Equal(FaultClass.InputAddress, record.Class);
        Assert.Equal(Iova + 0x678, record.InputAddress);
        Assert.Equal(0ul, record.Word3);
        Assert.Equal(0x42ul << 32 | 0x10, record.Word0);
        Assert.Equal(0x20aul << 32 | 0x8000_0000 | record.StallTag, record.Word1);
    }

    [Fact]
    public void Write_fault_is_recorded_as_neither_read_nor_instruction_fetch()
    {
        SmmuBench bench = new();
        bench.UseStage1();

        bench.Dma(Iova, write: true, fetch: true);

        EventRecord record = bench.OnlyEvent();
        Assert.False(record.IsRead);
        Assert.False(record.IsInstruction);
    }

    [Fact]
    public void Class_stays_zero_where_the_implementation_does_not_report_it()
    {
        SmmuBench bench = new(options => options.ReportsEventClass = false);
        bench.UseStage1();

        bench.Dma(Iova);

        EventRecord record = bench.OnlyEvent();
        Assert.Equal(0x8ul << 32 | 0x8000_0000 | record.StallTag, record.Word1);
    }

    [Fact]
    public void Retry_after_mapping_completes_the_transaction()
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage1();
        bench.Dma(Iova + 8);
        EventRecord record = bench.PopEvent();
        bench.MapStage1(root, Iova, 0x5000);

        bench.Send(SmmuCommand.Resume(record.StreamId, record.StallTag, ResumeAction.Retry));

        Assert.Equal(0x5008ul, bench.Master.CompletedAt[bench.LastTransaction]);
        Assert.Equal(0, bench.Smmu.StalledTransactions);
        Assert.Equal(0, bench.EventCount);
    }

    [Fact, Trait("Fact", "T061")]
    public void Retry_while_the_page_is_still_unmapped_generates_a_new_stall_event()
    {
        SmmuBench bench = new();
        bench.UseStage1();
        bench.Dma(Iova);
        EventRecord first = bench.PopEvent();

        bench.Send(SmmuCommand.Resume(first.StreamId, first.StallTag, ResumeAction.Retry));

        EventRecord second = bench.OnlyEvent();
        Assert.True(second.IsStall);
        Assert.NotEqual(first.StallTag, second.StallTag);
        Assert.Equal(first.InputAddress, second.InputAddress);
        Assert.Equal(1, bench.Smmu.StalledTransactions);
        Assert.Empty(bench.Master.CompletedAt);
        Assert.Equal(2, bench.EventInterrupts);
    }

    [Fact]
    public void Abort_and_terminate_end_the_transaction_each_in_its_way()
    {
        SmmuBench bench = new();
        bench.UseStage1();
        bench.Dma(Iova);
        bench.Dma(Iova);
        EventRecord first = bench.PopEvent();
        EventRecord second = bench.PopEvent();

        bench.Send(
            SmmuCommand.Resume(first.StreamId, first.StallTag, ResumeAction.Abort),
            SmmuCommand.Resume(second.StreamId, second.StallTag, ResumeAction.Terminate));

        Assert.Equal([0], bench.Master.AbortedOnes);
        Assert.Equal(0ul, bench.Master.CompletedAt[1]);
    }

    [Fact]
    public void Resume_with_an_unknown_tag_or_a_foreign_stream_has_no_effect()
    {
        SmmuBench bench = new();
        bench.UseStage1();
        bench.Dma(Iova);
        EventRecord record = bench.PopEvent();

        bench.Send(
            SmmuCommand.Resume(record.StreamId, (ushort)(record.StallTag + 1), ResumeAction.Abort),
            SmmuCommand.Resume(record.StreamId + 1, record.StallTag, ResumeAction.Abort));

        Assert.Equal(1, bench.Smmu.StalledTransactions);
        Assert.Empty(bench.Master.AbortedOnes);
        Assert.Equal(0ul, bench.Smmu.ReadRegister(SmmuRegister.GERROR));
    }

    [Fact]
    public void A_second_resume_for_the_same_tag_has_no_effect()
    {
        SmmuBench bench = new();
        bench.UseStage1();
        bench.Dma(Iova);
        EventRecord record = bench.PopEvent();
        SmmuCommand abort = SmmuCommand.Resume(record.StreamId, record.StallTag, ResumeAction.Abort);

        bench.Send(abort);
        bench.Dma(Iova);
        bench.Send(abort);

        Assert.Equal([0], bench.Master.AbortedOnes);
        Assert.Equal(1, bench.Smmu.StalledTransactions);
    }

    [Fact]
    public void Tags_of_outstanding_stalls_are_unique_over_many_generations()
    {
        SmmuBench bench = new(options => options.StallMax = 8, eventLog2: 4);
        bench.UseStage1();
        Queue<EventRecord> outstanding = new();
        HashSet<ushort> tags = [];

        for (int round = 0; round < 20000; round++)
        {
            bench.Dma(Iova);
            EventRecord record = bench.PopEvent();
            Assert.True(tags.Add(record.StallTag));
            outstanding.Enqueue(record);
            if (outstanding.Count == 5)
            {
                EventRecord oldest = outstanding.Dequeue();
                tags.Remove(oldest.StallTag);
                bench.Send(SmmuCommand.Resume(oldest.StreamId, oldest.StallTag, ResumeAction.Abort));
            }
        }

        Assert.Equal(4, bench.Smmu.StalledTransactions);
    }

    [Fact]
    public void Transactions_beyond_the_stall_slots_wait_unrecorded_and_are_let_in_in_order()
    {
        SmmuBench bench = new(options => options.StallMax = 2);
        ulong root = bench.UseStage1();
        for (int page = 0; page < 4; page++)
        {
            Assert.Equal(DmaOutcome.Stalled, bench.Dma(Iova + ((ulong)page << 12)));
        }
        Assert.Equal(2, bench.Smmu.StalledTransactions);
        Assert.Equal(2, bench.Smmu.WaitingTransactions);
        Assert.Equal(2, bench.EventCount);
        EventRecord first = bench.PopEvent();
        bench.PopEvent();
        bench.MapStage1(root, Iova + 0x2000, 0x9000);

        bench.Send(SmmuCommand.Resume(first.StreamId, first.StallTag, ResumeAction.Abort));

        Assert.Equal(0x9000ul, bench.Master.CompletedAt[2]);
        Assert.Equal(Iova + 0x3000, bench.OnlyEvent().InputAddress);
        Assert.Equal(2, bench.Smmu.StalledTransactions);
        Assert.Equal(0, bench.Smmu.WaitingTransactions);
    }

    [Fact]
    public void A_stall_does_not_block_other_transactions()
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage1();
        bench.MapStage1(root, 0x1000, 0x7000);
        bench.Dma(Iova);

        Assert.Equal(DmaOutcome.Completed, bench.Dma(0x1234));
        Assert.Equal(0x7234ul, bench.PhysicalAddress);
    }

    [Fact]
    public void Stall_term_aborts_all_stalls_of_one_stream_only()
    {
        SmmuBench bench = new(eventLog2: 1);
        bench.UseStage1(1);
        bench.UseStage1(2);
        bench.Dma(Iova, streamId: 1);
        bench.Dma(Iova, streamId: 2);
        bench.Dma(Iova, streamId: 1);
        bench.Dma(Iova, streamId: 2);

        bench.Send(SmmuCommand.StallTerm(1));

        Assert.Equal([0, 2], bench.Master.AbortedOnes.Order());
        Assert.Equal(2, bench.Smmu.StalledTransactions);
        bench.PopEvent();
        Assert.Equal(2u, bench.PopEvent().StreamId);
        Assert.Equal(2u, bench.OnlyEvent().StreamId);
    }

    [Fact]
    public void Stall_term_spares_what_stalls_while_it_is_executed()
    {
        SmmuBench bench = new(options => options.StallMax = 4);
        bench.UseStage1();
        bench.Dma(Iova);
        bench.Dma(Iova);
        bench.Master.OnEnd = transaction => bench.Dma(Iova + 0x1000);

        bench.Send(SmmuCommand.StallTerm(SmmuBench.Sid));

        Assert.Equal([0, 1], bench.Master.AbortedOnes.Order());
        Assert.Equal(2, bench.Smmu.StalledTransactions);
    }

    [Fact]
    public void One_stall_slot_is_enough_for_everybody_in_turn()
    {
        SmmuBench bench = new(options => options.StallMax = 1);
        bench.UseStage1();
        for (ulong page = 0; page < 5; page++)
        {
            bench.Dma(Iova + (page << 12));
        }

        for (ulong page = 0; page < 5; page++)
        {
            EventRecord record = bench.OnlyEvent();
            Assert.Equal(Iova + (page << 12), record.InputAddress);
            bench.Send(SmmuCommand.Resume(SmmuBench.Sid, record.StallTag, ResumeAction.Abort));
        }

        Assert.Equal(5, bench.Master.AbortedOnes.Count);
        Assert.Equal(0, bench.Smmu.StalledTransactions);
    }

    [Fact]
    public void A_master_may_start_its_next_transaction_while_it_hears_of_the_last()
    {
        SmmuBench bench = new();
        bench.UseStage1();
        bench.Dma(Iova);
        EventRecord record = bench.PopEvent();
        DmaOutcome next = DmaOutcome.Completed;
        bench.Master.OnEnd = _ => next = bench.Dma(Iova + 0x1000);

        bench.Send(SmmuCommand.Resume(record.StreamId, record.StallTag, ResumeAction.Abort), SmmuCommand.Sync());

        Assert.Equal(DmaOutcome.Stalled, next);
        Assert.Equal(Iova + 0x1000, bench.OnlyEvent().InputAddress);
        Assert.Equal(bench.Smmu.ReadRegister(SmmuRegister.CMDQ_PROD), bench.Smmu.ReadRegister(SmmuRegister.CMDQ_CONS));
    }
}
