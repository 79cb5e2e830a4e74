using Iopf.ArmSmmuV3.Hardware;
using Iopf.TestKit.Smmu;

namespace Iopf.ArmSmmuV3.Tests.Hardware;

public class Stage2Tests
{
    private const ulong Iova = 0x12_3456_7000;

    [Fact]
    public void Stage_2_fault_with_S2R_and_without_S2S_aborts_and_records_no_stall()
    {
        SmmuBench bench = new();
        bench.UseStage2();

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova + 0x123, write: true));

        EventRecord record = bench.OnlyEvent();
        Assert.Equal(SmmuEventType.F_TRANSLATION, record.Type);
        Assert.False(record.IsStall);
        Assert.True(record.IsStage2);
        Assert.Equal(FaultClass.InputAddress, record.Class);
        Assert.Equal(Iova + 0x123, record.InputAddress);
        Assert.Equal(Iova, record.Ipa);
        Assert.Equal(0, bench.Smmu.StalledTransactions);
    }

    [Fact]
    public void Stage_2_fault_without_S2R_leaves_no_record_and_never_reads_as_zero()
    {
        SmmuBench bench = new();
        bench.SetSte(SmmuBench.Stage2Ste(bench.NewPage()) with { S2R = false });

        Assert.Equal(DmaOutcome.Aborted, bench.Dma(Iova));
        Assert.Equal(0, bench.EventCount);
    }

    [Fact]
    public void Stage_2_fault_with_S2S_stalls_and_can_be_retried()
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage2(stalls: true);
        Assert.Equal(DmaOutcome.Stalled, bench.Dma(Iova));
        EventRecord record = bench.OnlyEvent();
        Assert.True(record.IsStall);
        Assert.True(record.IsStage2);
        bench.MapStage2(root, Iova, 0x5000);

        bench.Send(SmmuCommand.Resume(SmmuBench.Sid, record.StallTag, ResumeAction.Retry));

        Assert.Equal(0x5000ul, bench.Master.CompletedAt[0]);
    }

    [Theory]
    [InlineData(0x40ul, true, false)]
    [InlineData(0x80ul, false, true)]
    [InlineData(0xc0ul, true, true)]
    [InlineData(0x00ul, false, false)]
    public void Stage_2_permissions_are_exact(ulong s2ap, bool read, bool write)
    {
        SmmuBench bench = new();
        ulong root = bench.UseStage2();
        bench.Map(root, Iova, 0x5000 | 0x43d | s2ap, 12, 0);

        Assert.Equal(read, bench.Dma(Iova) == DmaOutcome.Completed);
        Assert.Equal(write, bench.Dma(Iova, write: true) == DmaOutcome.Completed);
        Assert.Equal((read ? 0 : 1) + (write ? 0 : 1), bench.EventCount);
        while (bench.EventCount != 0)
        {
            EventRecord record = bench.PopEvent();
            Assert.Equal(SmmuEventType.F_PERMISSION, record.Type);
            Assert.Equal(Iova, record.Ipa);
        }
    }

    [Fact]
    public void Concatenated_tables_are_indexed_with_more_than_nine_bits()
    {
        SmmuBench bench = new();
        ulong root = bench.Memory.AllocateContiguous(Mm.FrameUse.PageTable, 2).Value.Address;
        ulong ipa = (1ul << 40) - 0x1000;
        ulong level2 = bench.NewPage();
        ulong level3 = bench.NewPage();
        bench.Memory.WriteWord(root + (1023 * 8), level2 | 3);
        bench.Memory.WriteWord(level2 + (511 * 8), level3 | 3);
        bench.Memory.WriteWord(level3 + (511 * 8), 0x5000 | 0x4ff);
        bench.SetSte(SmmuBench.Stage2Ste(root) with { S2T0SZ = 24, S2SL0 = 1 });

        Assert.Equal(DmaOutcome.Completed, bench.Dma(ipa));
        Assert.Equal(0x5000ul, bench.PhysicalAddress);
        Assert.Equal(DmaOutcome.Aborted, bench.Dma(1ul << 40));
        Assert.Equal(SmmuEventType.F_TRANSLATION, bench.OnlyEvent().Type);
    }

    [Fact]
    public void Output_beyond_S2PS_is_an_address_size_fault()
    {
        SmmuBench bench = new();
        ulong root = bench.NewPage();
        bench.MapStage2(root, Iova, 1ul << 40);
        bench.SetSte(SmmuBench.Stage2Ste(root) with { S2PS = 2 });

        bench.Dma(Iova);

        EventRecord record = bench.OnlyEvent();
        Assert.Equal(SmmuEventType.F_ADDR_SIZE, record.Type);
        Assert.True(record.IsStage2);
        Assert.Equal(Iova, record.Ipa);
    }
}
